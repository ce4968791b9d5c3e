/** What the view *Tasks* shows: every software thread of the guest, where it is and where it has been. */
import { isThere } from '../../emulator/trip.js';
import { VECTOR } from '../../isa/classes.js';
import type { Debuggee } from '../debuggee.js';
import type { Session } from '../session.js';
import { Structures } from '../structures.js';
import type { Task } from '../tasks.js';
import type { TargetHart, TargetTask } from '../target.js';
import { vectorStateOf } from '../values/saved-vector.js';
import type { Structure } from '../values/structure.js';
import { stateMeaning } from '../values/state-word.js';
import { codePlace } from './code-place.js';
import type { MoveLine, TaskLine, TaskPlace, TasksBody } from './messages.js';

/** Moves that are told of a task. */
const MOST_MOVES = 20;

/** A task as far as it is known: by the kernel's table, by its migrations, or both. */
interface Known {
  readonly tid: number;
  readonly name: string;
  readonly pid?: number;
  readonly place: TaskPlace;
  readonly where: string;
  readonly hart?: number;
  /** Its user pc as the kernel has it. */
  readonly pc?: bigint;
  /** Address of its saved vector state, as the kernel sees it. */
  readonly vector?: bigint;
}

export async function tasksBody(session: Session): Promise<TasksBody> {
  const { debuggee } = session.program;
  const { tasks, ...rest } = allTasks(debuggee);
  const order = [...tasks].sort((a, b) => Number(a.place === 'ended') - Number(b.place === 'ended') || a.tid - b.tid);
  return { ...rest, tasks: await Promise.all(order.map((task) => lineOf(task, session))) };
}

function allTasks(debuggee: Debuggee): { from: TasksBody['from']; note?: string; tasks: Known[] } {
  const { migrations } = debuggee.target;
  const structures = new Structures(debuggee);
  const table = structures.kernel('by_tid');
  if (!table || !debuggee.images.kernel?.declared.struct('task'))
    return {
      from: 'migrations',
      note: "This kernel's structures are not known: only threads that have asked to migrate are listed.",
      tasks: migrations.tasks.map((record) => traveller(record, debuggee)),
    };
  const tasks: Known[] = [];
  let note: string | undefined;
  try {
    for (let bucket = 0; bucket < table.count; bucket++)
      for (const each of table.element(bucket).list('task', 'numbered')) tasks.push(resident(each, debuggee));
  } catch (error) {
    note = `The kernel's table of tasks can't be read to its end: ${(error as Error).message}.`;
  }
  const known = new Set(tasks.map(({ tid }) => tid));
  if (!note)
    for (const record of migrations.tasks)
      if (!known.has(record.tid))
        tasks.push({ tid: record.tid, name: debuggee.nameOf(record.tid), place: 'ended', where: 'has ended' });
  return { from: 'kernel', ...(note && { note }), tasks };
}

/** A task of our kernel's table (kernel/task.h). */
function resident(task: Structure, debuggee: Debuggee): Known {
  const tid = task.at('tid').signed;
  const record = debuggee.target.migrations.task(tid);
  const hart = Number(task.at('hart').number);
  const frame = task.at('frame').target;
  const name = task.at('name').text;
  debuggee.learnName(tid, name);
  const state = task.at('state').word;
  const awaits = task.at('awaits_class').signed >= 0;
  return {
    tid,
    name,
    pid: task.at('process').target?.at('pid').signed,
    pc: frame?.at('registers.epc').number,
    vector: task.at('vector').number,
    hart,
    ...(trip(record, state, awaits, debuggee) ?? atHome(state, awaits, hart, task, debuggee)),
  };
}

type Where = Pick<Known, 'place' | 'where' | 'hart'>;

/** Where a trip has it, as long as the kernel does not know better. */
function trip(record: TargetTask | undefined, state: string, awaits: boolean, debuggee: Debuggee): Where | undefined {
  if (!record || awaits) return undefined;
  const away = state === 'TASK_AWAY';
  // The kernel hears later of what its call to firmware did.
  const gone = state === 'TASK_RUNNING' && (record.state === 'queued' || isThere(record.state));
  const inHand = record.state === 'left' && debuggee.task(debuggee.target.harts[record.hart])?.tid === record.tid;
  return away || gone || inHand ? placeOf(record, debuggee) : undefined;
}

function atHome(state: string, awaits: boolean, hart: number, task: Structure, debuggee: Debuggee): Where {
  switch (state) {
    case 'TASK_RUNNING':
      return { place: 'running', where: `on ${hartName(hart, debuggee)}` };
    case 'TASK_READY':
      return { place: 'ready', where: `ready, waits for hart ${hart}` };
    case 'TASK_AWAY':
      return awaits
        ? { place: 'outbound', where: "in the kernel's outbound queue: firmware's queues are full" }
        : { place: 'queued', where: 'away, with firmware' };
    case 'TASK_ASLEEP':
      return { place: 'asleep', where: `waits in the kernel${callOf(task)}` };
    default:
      return { place: 'ended', where: 'has ended' };
  }
}

const SYSTEM_CALL_NUMBER = 16;

/** In which system call: a7 of its frame. */
function callOf(task: Structure): string {
  if (!task.at('in_call').number) return '';
  const number = task.at('frame').target?.at('registers.x').element(SYSTEM_CALL_NUMBER).number;
  return number === undefined ? '' : `, in system call ${number}`;
}

const hartName = (hart: number, { target }: Debuggee) => {
  const isa = target.harts[hart]?.isa.text;
  return `hart ${hart}${isa ? ` (${isa})` : ''}`;
};

/** A task of which only its migrations are known. */
const traveller = (record: TargetTask, debuggee: Debuggee): Known => ({
  tid: record.tid,
  name: '',
  ...placeOf(record, debuggee),
});

function placeOf(record: TargetTask, debuggee: Debuggee): Where {
  const { hart, origin } = record;
  switch (record.state) {
    case 'calling':
    case 'home':
      return { place: 'running', where: `at home on ${hartName(origin, debuggee)}`, hart: origin };
    case 'queued':
      return { place: 'queued', where: 'queued for an accelerator hart', hart: origin };
    case 'away':
    case 'leaving':
      return { place: 'away', where: `on ${hartName(hart, debuggee)}`, hart };
    case 'asking':
      return { place: 'asking', where: `on ${hartName(hart, debuggee)}, waits for the kernel's answer`, hart };
    case 'left':
      return { place: 'returning', where: `left hart ${hart}, on its way to hart ${origin}`, hart };
    case 'returned':
      return { place: 'returning', where: `back on hart ${origin}, not yet resumed`, hart: origin };
  }
}

async function lineOf(task: Known, session: Session): Promise<TaskLine> {
  const { debuggee } = session.program;
  const record = debuggee.target.migrations.task(task.tid);
  const hart = task.hart === undefined ? undefined : debuggee.target.harts[task.hart];
  const onHart = hart !== undefined && task.place !== 'ended' && debuggee.task(hart)?.tid === task.tid;
  const pc = (onHart && userPc(hart, debuggee)) || (task.place === 'ended' ? undefined : task.pc);
  const times = (step: string) => record?.history.filter((event) => event.step === step).length ?? 0;
  const returns: Record<string, number> = {};
  for (const { step, reason = 'unknown' } of record?.history ?? [])
    if (step === 'leave') returns[reason] = (returns[reason] ?? 0) + 1;
  return {
    tid: task.tid,
    name: task.name,
    ...(task.pid !== undefined && { pid: task.pid }),
    place: task.place,
    where: task.where,
    ...(task.hart !== undefined && { hart: task.hart }),
    onHart,
    ...(pc !== undefined && { code: await codePlace(pc, session) }),
    vector: vectorOf(task, record, onHart ? hart : undefined, debuggee),
    trips: times('arrive'),
    returns,
    questions: times('ask'),
    moves: await movesOf(record, session),
  };
}

/** Where the user code stands that a hart runs, or has trapped from. */
function userPc(hart: TargetHart, debuggee: Debuggee): bigint | undefined {
  if (hart.privilege === 0) return hart.pc;
  return debuggee.frames(hart).find(({ raw }) => raw.privilege === 0)?.raw.pc;
}

function vectorOf(
  { tid, name, vector, place }: Known,
  record: TargetTask | undefined,
  hart: TargetHart | undefined,
  debuggee: Debuggee,
): TaskLine['vector'] {
  if (place === 'ended') return { unknown: 'the task has ended' };
  const saved = record?.saves.get(VECTOR) || vector;
  const task: Task = { tid, name, vector };
  try {
    const thread = { task, hart: hart ?? new Structures(debuggee).kernelHart };
    const word = hart || saved ? vectorStateOf(thread, debuggee).word : 'unsupported';
    return { word, meaning: stateMeaning(word) };
  } catch (error) {
    return { unknown: (error as Error).message };
  }
}

const ways: Readonly<Record<string, MoveLine['way']>> = { arrive: 'out', leave: 'back', ask: 'asks' };

async function movesOf(record: TargetTask | undefined, session: Session): Promise<MoveLine[]> {
  const moves: MoveLine[] = [];
  const history = record?.history ?? [];
  for (let n = history.length - 1; n >= 0 && moves.length < MOST_MOVES; n--) {
    const { step, from, to, reason = 'unknown', cycle, pc } = history[n];
    const way = ways[step];
    if (!way) continue;
    const code = await codePlace(pc, session);
    moves.unshift({ way, ...(from !== undefined && { from }), ...(to !== undefined && { to }), reason, cycle, code });
  }
  return moves;
}
