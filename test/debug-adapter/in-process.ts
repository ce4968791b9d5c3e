/** A session without a transport: what a browser worker would do, and what tests do that look at answers and not at the wire. */
import assert from 'node:assert/strict';
import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { nodeHost } from '../../debug-adapter/node-host.js';
import type { Live } from '../../debug-adapter/live.js';
import { Session } from '../../debug-adapter/session.js';
import { root } from './conversation.js';

export class Talk {
  readonly events: P.Event[] = [];
  private readonly session: Session;
  private readonly waiting = new Map<number, (response: P.Response) => void>();
  private heard: (() => void) | undefined;
  private sequence = 1;
  /** The guest's console so far. */
  stdout = '';

  private constructor(host: Awaited<ReturnType<typeof nodeHost>>) {
    this.session = new Session(host, (message) => {
      if (message.type === 'response') this.waiting.get((message as P.Response).request_seq)?.(message as P.Response);
      else {
        const event = message as P.Event;
        if (event.event === 'output' && event.body.category === 'stdout') this.stdout += event.body.output;
        this.events.push(event);
        this.heard?.();
      }
    });
  }

  /** A conversation that has begun. `client`: what the client tells of itself. */
  static async start(client: object = {}): Promise<Talk> {
    const talk = new Talk(await nodeHost(root));
    await talk.ask('initialize', { adapterID: 'harthop', ...client });
    return talk;
  }

  /** Launch a program; it waits for configurationDone. */
  static async launch(program: string | undefined, more: object = {}, client: object = {}): Promise<Talk> {
    const talk = await Talk.start(client);
    await talk.ask('launch', { ...(program !== undefined && { program }), ...more });
    return talk;
  }

  /** What a launch that must fail is refused with. */
  static async refused(args: object): Promise<string> {
    const talk = new Talk(await nodeHost(root));
    await talk.ask('initialize', { adapterID: 'harthop' });
    const { success, message } = await talk.request('launch', args);
    assert.equal(success, false);
    return message!;
  }

  /** What is behind the conversation, to compare with what it says. */
  get live(): Live {
    return this.session.program;
  }

  /** The body of the answer; a refusal fails the test. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests
  async ask(command: string, args?: object): Promise<any> {
    const response = await this.request(command, args);
    assert.ok(response.success, `${command}: ${response.message}`);
    return response.body;
  }

  request(command: string, args?: object): Promise<P.Response> {
    const seq = this.sequence++;
    return new Promise((done) => {
      this.waiting.set(seq, done);
      this.session.receive({ seq, type: 'request', command, arguments: args });
    });
  }

  /** The number of the last request. */
  get last(): number {
    return this.sequence - 1;
  }

  /** The body of an event that has come or comes. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into by tests
  async event(name: string, matches: (body: any) => boolean = () => true): Promise<any> {
    for (;;) {
      const found = this.events.find(({ event, body }) => event === name && matches(body));
      if (found) return found.body;
      await new Promise<void>((done) => {
        this.heard = done;
      });
    }
  }

  /** Until the adapter has told of something more. */
  heardMore(): Promise<void> {
    return new Promise((done) => {
      this.heard = done;
    });
  }

  /** Do something and wait for the event that it leads to. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into by tests
  async until(event: string, command: string, args?: object): Promise<any> {
    this.events.length = 0;
    await this.ask(command, args);
    for (;;) {
      const found = this.events.find((each) => each.event === event);
      if (found) return found.body;
      const ended = this.events.find((each) => each.event === 'terminated');
      assert.ok(!ended, `the program ended before \`${event}\`: ${this.stdout}`);
      await new Promise<void>((done) => {
        this.heard = done;
      });
    }
  }

  /** The next event of these that was not waited for yet. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into by tests
  async next(...wanted: string[]): Promise<{ event: string; body: any }> {
    for (;;) {
      const found = this.events.find(({ event }) => wanted.includes(event));
      if (found) return found as { event: string; body: unknown };
      await new Promise<void>((done) => {
        this.heard = done;
      });
    }
  }

  /** Go on by a command for a thread, and tell where it stopped: `main point.c:34` for each frame. */
  async go(
    command: string,
    threadId: number,
    more: object = {},
  ): Promise<{ reason: string; threadId: number; text: string; stack: string[] }> {
    const stop = await this.until('stopped', command, { threadId, ...more });
    return { reason: stop.reason, threadId: stop.threadId, text: stop.text, stack: await this.stack(stop.threadId) };
  }

  async stack(threadId: number): Promise<string[]> {
    const { stackFrames } = await this.ask('stackTrace', { threadId });
    return stackFrames.map(
      ({ name, source, line }: P.StackFrame) => `${name}${source ? ` ${source.name}:${line}` : ''}`,
    );
  }

  /** A scope's lines by name, of a frame of a thread's stack. */
  async scope(threadId: number, name: string, level = 0): Promise<Map<string, P.Variable>> {
    const { stackFrames } = await this.ask('stackTrace', { threadId });
    const { scopes } = await this.ask('scopes', { frameId: stackFrames[level].id });
    const scope = scopes.find((each: P.Scope) => each.name === name);
    return scope ? this.variables(scope.variablesReference) : new Map();
  }

  async variables(variablesReference: number): Promise<Map<string, P.Variable>> {
    const { variables } = await this.ask('variables', { variablesReference });
    return new Map(variables.map((variable: P.Variable) => [variable.name, variable]));
  }
}
