/** A machine with its history, as the debugger sees it: what the debugger changes are inputs of the run. */
import type { Hart } from '../emulator/hart/hart.js';
import { History } from '../emulator/history/history.js';
import type { Machine } from '../emulator/machine.js';
import { csrNamed } from '../isa/csrs.js';
import type { Target, TargetHart } from './target.js';

/** From now on the machine's run can be gone back in. */
export function recorded(machine: Machine): Target & { readonly history: History } {
  const history = new History(machine);
  const { events, breakpoints, watchpoints, soc, mailbox } = machine;
  return {
    get migrations() {
      return machine.migrations;
    },
    harts: machine.harts.map((hart) => recordedHart(hart, history)),
    memory: {
      read: (pa, length) => machine.memory.read(pa, length),
      write: (pa, bytes) => history.input({ kind: 'memory', pa, bytes: bytes.slice() }),
    },
    soc,
    mailbox,
    events,
    breakpoints,
    watchpoints,
    readVirtual: (...place) => machine.readVirtual(...place),
    writeVirtual: (hart, va, bytes, satp = machine.satp(hart)) =>
      history.input({ kind: 'virtual', hart, satp, va, bytes: bytes.slice() }),
    run: (budgetInstructions) => history.run(budgetInstructions),
    stepHart: (hart) => history.stepHart(hart),
    stop: () => machine.stop(),
    freeze: (hart, on) => history.input({ kind: 'freeze', hart, on }),
    history,
  };
}

/** The hart itself, but that whatever sets something of it is an input. */
function recordedHart(of: Hart, history: History): TargetHart {
  const hart = of.id;
  const changes: Partial<TargetHart> = {
    setX: (n, value) => history.input({ kind: 'x', hart, n, value }),
    setF: (n, value) => history.input({ kind: 'f', hart, n, value }),
    setPc: (value) => history.input({ kind: 'pc', hart, value }),
    setCsr: (which, value) => {
      const n = typeof which === 'number' ? which : csrNamed(which)?.number;
      if (n === undefined) throw new RangeError(`there is no CSR "${which}"`);
      history.input({ kind: 'csr', hart, n, value });
    },
    setUnitWord: ({ name }, n, value) => history.input({ kind: 'unit', hart, unit: name, n, value }),
    // A copy: what is written there would be no input.
    vectorBytes: (n) => of.vectorBytes(n).slice(),
    setVectorBytes: (offset, bytes) => history.input({ kind: 'vector', hart, offset, bytes: bytes.slice() }),
  };
  return Object.assign(Object.create(of) as Hart, changes);
}
