/** A machine with its history, as the debugger sees it. */
import { History } from '../emulator/history/history.js';
import type { Machine } from '../emulator/machine.js';
import type { Target } from './target.js';

/** From now on the machine's run can be gone back in. */
export function recorded(machine: Machine): Target & { readonly history: History } {
  const history = new History(machine);
  const { harts, memory, events, breakpoints, watchpoints } = machine;
  return {
    get migrations() {
      return machine.migrations;
    },
    harts,
    memory,
    events,
    breakpoints,
    watchpoints,
    readVirtual: (...place) => machine.readVirtual(...place),
    writeVirtual: (...place) => machine.writeVirtual(...place),
    run: (budgetInstructions) => history.run(budgetInstructions),
    stepHart: (hart) => history.stepHart(hart),
    stop: () => machine.stop(),
    history,
  };
}
