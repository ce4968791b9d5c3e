import type { MigrationEvent, TrapEvent } from '../emulator/events.js';
import { classNames } from '../isa/classes.js';
import { lacking, spoken } from '../isa/requires.js';
import type { Debuggee } from './debuggee.js';
import { refusal, refusalText } from './faults.js';
import type { Filter } from './filters.js';
import { GuestMemory } from './guest.js';
import { codeAt } from './instructions.js';
import type { TargetTask } from './target.js';

/**
 * What happened at a stop of a filter: one sentence, and the facts line by line.
 * @param instructions that the thread executed on the accelerator hart since it arrived there, if it was there
 */
export function explain(
  filter: Filter,
  event: MigrationEvent | TrapEvent,
  debuggee: Debuggee,
  instructions?: number,
): { description: string; details: string[] } {
  const { target, images } = debuggee;
  const hart = target.harts[event.hart];
  const name = (n: number | undefined) =>
    n === undefined ? 'a hart' : `hart ${n} (${target.harts[n]?.isa.text ?? '?'})`;
  const satp = event.kind === 'migration' ? event.satp : hart.csr('satp');
  const code = codeAt(new GuestMemory(target, hart, 0, satp), event.pc, (address) => {
    const found = images.of(address, 0)?.symbolAt(address);
    return found && { name: found.symbol.name, offset: found.offset };
  });
  const place = images.of(event.pc, 0)?.places.at(event.pc);
  const where = place ? `${images.source(place).name}:${place.line}` : `0x${event.pc.toString(16)}`;
  const instruction = `\`${code?.text ?? '(not mapped)'}\` at ${where}`;
  const tid = event.kind === 'migration' && event.task >= 0 ? event.task : debuggee.task(hart)?.tid;
  const who = tid === undefined ? 'the thread' : `task ${tid}`;
  const record = tid === undefined ? undefined : target.migrations.task(tid);
  const needs = lacking(code?.needs ?? [], (extension) => hart.isa.extensions.has(extension)).map(spoken);
  const details = [
    `instruction: ${code?.text ?? '(not mapped)'}`,
    `pc: 0x${event.pc.toString(16)} (${where})`,
    ...(tid === undefined ? [] : [`task: ${tid}`]),
    ...(event.kind === 'migration' && event.from !== undefined ? [`from: hart ${event.from}`] : []),
    ...(event.kind === 'migration' && event.to !== undefined ? [`to: hart ${event.to}`] : []),
    ...(event.kind === 'migration' && event.reason ? [`reason: ${event.reason}`] : []),
    ...(event.kind === 'migration' && record ? [`class: ${classNames[record.class] ?? record.class}`] : []),
    ...(event.kind === 'migration' && record ? [`times here: ${timesHere(record, event)}`] : []),
    ...(instructions === undefined ? [] : [`executed there: ${instructions} instructions`]),
    `cycle: ${event.cycle}`,
  ];
  const since = (step: MigrationEvent['step']) => {
    const start = record?.history.findLast((each) => each.step === step && each.cycle <= event.cycle && each !== event);
    return start && event.cycle - start.cycle;
  };
  const took = (cycles: number | undefined, what: string) => {
    if (cycles === undefined) return '';
    details.push(`${what}: ${cycles} cycles`);
    return `, ${cycles} cycles ${what}`;
  };
  const [from, to, reason] =
    event.kind === 'migration' ? [name(event.from), name(event.to), event.reason ?? 'unknown'] : ['', '', ''];
  const sentence = (): string => {
    if (event.kind === 'trap' && filter.id === 'illegal') {
      if (needs.length)
        return `${who} met ${instruction}, which needs ${needs.join(', ')} that ${name(event.hart)} lacks`;
      return `${who} met ${instruction}, which ${name(event.hart)} ${refusalText(refusal(hart, event))}`;
    }
    if (event.kind === 'trap')
      return filter.id === 'syscall'
        ? `${who} makes a system call (number ${hart.x(17)}) on ${name(event.hart)}: ${instruction}`
        : `${who} touched 0x${event.tval.toString(16)}, which is not there, on ${name(event.hart)}: ${instruction}`;
    switch (event.step) {
      case 'sbi-migrate':
        return `the kernel on ${from} asks to move ${who}: ${instruction}`;
      case 'arrive':
        return `${who} arrived on ${to} from ${from} at ${instruction}${took(since('sbi-migrate'), 'after it was sent')}`;
      case 'ask':
        return `${who} asks ${to} from ${from} without leaving it, reason ${reason}: ${instruction}${took(since('arrive'), 'after it arrived')}`;
      case 'answer':
        return `${who} goes on on ${to}, its question answered, reason ${reason}: ${instruction}${took(since('ask'), 'after it asked')}`;
      case 'leave':
        return `${who} leaves ${from} for ${to}, reason ${reason}: ${instruction}${took(since('arrive'), 'after it arrived')}`;
      case 'return':
        return `${who} is announced back on ${to} from ${from}, reason ${reason}${took(since('leave'), 'after it left')}`;
      case 'resume':
        return `${who} resumes on ${to}, reason ${reason}: ${instruction}${took(since('leave'), 'after it left')}`;
      default:
        return `${who}: ${event.step}`;
    }
  };
  return { description: sentence(), details };
}

/** How often the thread took this step at this instruction, this time included. */
const timesHere = ({ history }: TargetTask, { step, pc, cycle }: MigrationEvent) =>
  history.filter((each) => each.step === step && each.pc === pc && each.cycle <= cycle).length;
