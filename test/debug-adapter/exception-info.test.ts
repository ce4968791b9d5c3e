/** What the stops at a migration say: how long it took, and how often it happened there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { root } from './conversation.js';
import { Talk } from './in-process.js';

test('each time around, how long the way took and how often the thread took it here', async () => {
  const talk = await Talk.launch(`${root}test/debug-adapter/programs/trip.S`, {
    append: 'migrate.calls=move migrate.faults=move',
  });
  await talk.ask('setExceptionBreakpoints', { filters: ['arrive', 'leave', 'return', 'resume'] });
  /** Cycles at which the task's last step of a kind was. */
  const at = new Map<string, number>();
  talk.live.debuggee.target.events.on((event) => {
    if (event.kind === 'migration') at.set(event.step, event.cycle);
  });
  const since: Record<string, [step: string, words: string]> = {
    arrive: ['sbi-migrate', 'after it was sent'],
    leave: ['arrive', 'after it arrived'],
    return: ['leave', 'after it left'],
    resume: ['leave', 'after it left'],
  };
  const counts = new Map<string, number>();
  let [command, threadId] = ['configurationDone', 1];
  for (;;) {
    talk.events.length = 0;
    await talk.ask(command, { threadId });
    const { event, body } = await talk.next('stopped', 'terminated');
    if (event === 'terminated') break;
    [command, threadId] = ['continue', body.threadId];
    const { exceptionId, description, details } = await talk.ask('exceptionInfo', { threadId });
    const [step, words] = since[exceptionId]!;
    const cycles = at.get(exceptionId)! - at.get(step)!;
    assert.ok(cycles > 0);
    const place = `${exceptionId} ${/pc: (\S+)/.exec(details.stackTrace)![1]}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    assert.match(description, new RegExp(`, ${cycles} cycles ${words}$`));
    assert.match(details.stackTrace, new RegExp(`^${words}: ${cycles} cycles$`, 'm'));
    assert.match(details.stackTrace, new RegExp(`^times here: ${counts.get(place)}$`, 'm'));
  }
  // The program goes around twice.
  for (const step of ['arrive', 'leave', 'resume'])
    assert.ok(
      [...counts].some(([place, count]) => place.startsWith(step) && count === 2),
      step,
    );
});
