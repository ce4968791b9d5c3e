/** `monitor` commands: what GDB has no words for. */
import type { Debuggee } from '../debug-adapter/debuggee.js';
import { hartLines } from '../debug-adapter/views/harts.js';
import { queuesBody } from '../debug-adapter/views/queues.js';

interface Monitor {
  readonly doc: string;
  run(debuggee: Debuggee): string[];
}

/** Migrations that are told, the last ones. */
const MOST_STEPS = 40;

const commands: Readonly<Record<string, Monitor>> = {
  help: {
    doc: 'what there is',
    run: () => Object.entries(commands).map(([name, { doc }]) => `${name.padEnd(12)}${doc}`),
  },
  harts: {
    doc: 'each hart: what it is, what it runs, how busy it was',
    run: (debuggee) =>
      hartLines(debuggee, undefined).map(({ id, role, load }) => {
        const hart = debuggee.target.harts[id]!;
        return `thread ${id + 1}: ${debuggee.threadName(hart)} · ${role ?? 'role not known'} · busy ${Math.round(100 * load)} %`;
      }),
  },
  migrations: {
    doc: `the last ${MOST_STEPS} steps of threads from hart to hart`,
    run: ({ target }) => {
      const steps = target.migrations.tasks.flatMap(({ history }) => history).sort((a, b) => a.cycle - b.cycle);
      if (!steps.length) return ['no thread has migrated'];
      return steps.slice(-MOST_STEPS).map(({ step, task, hart, cycle, reason, pc }) => {
        return `cycle ${cycle}: task ${task} ${step} on hart ${hart}${reason ? ` (${reason})` : ''} at 0x${pc.toString(16)}`;
      });
    },
  },
  queues: {
    doc: 'who waits before an accelerator hart, for the kernel, or in the kernel',
    run: (debuggee) => {
      const { queues, notes } = queuesBody(debuggee);
      const lines = queues.map(
        ({ name, entries }) => `${name}: ${entries.map(({ tid }) => `task ${tid}`).join(', ') || 'empty'}`,
      );
      return [...lines, ...notes];
    },
  },
};

/** @returns what to print */
export function monitor(line: string, debuggee: Debuggee): string {
  const [name = 'help', ...rest] = line.trim().split(/\s+/).filter(Boolean);
  const command = Object.hasOwn(commands, name) && !rest.length ? commands[name] : undefined;
  if (!command) return `there is no \`monitor ${line.trim()}\`; \`monitor help\` lists what there is\n`;
  return `${command.run(debuggee).join('\n')}\n`;
}
