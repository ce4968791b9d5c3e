import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { numberOf } from './expressions/value.js';
import type { Session } from './session.js';
import type { Variable } from './values/variable.js';

/** Numbered parts that are shown in one go beside named ones. */
const FEW = 100;

const inHex = (text: string) => (/^-?\d+$/.test(text) ? `0x${BigInt.asUintN(64, BigInt(text)).toString(16)}` : text);

/** A line of the Variables view as DAP has it. */
export function shown(variable: Variable, session: Session, hex: boolean): P.Variable {
  const { name, value, type, evaluateName, memoryReference, children, elements, set } = variable;
  // A client that is told of numbered parts shows the named ones first; a few numbered ones stand better in front of them.
  const paged = elements && (elements.count > FEW || !children);
  const code = codeOf(variable, session);
  return {
    name,
    value: hex ? (variable.hex?.() ?? inHex(value)) : value,
    ...(type && { type }),
    ...(evaluateName && { evaluateName }),
    ...(memoryReference && { memoryReference }),
    ...(paged && {
      indexedVariables: elements.count,
      ...(children && { namedVariables: children.call(variable).length }),
    }),
    variablesReference: children || elements ? session.variables.add(variable) : 0,
    ...(code && { valueLocationReference: session.locations.add(code) }),
    ...(!set && !children && !elements && { presentationHint: { attributes: ['readOnly'] } }),
  };
}

/** The code that a pointer points at, where the sources have a line for it. */
function codeOf({ of }: Variable, session: Session): { va: bigint; privilege: number } | undefined {
  if (of?.type.kind !== 'pointer') return undefined;
  let va: number | bigint;
  try {
    va = numberOf(of);
  } catch {
    return undefined;
  }
  if (typeof va !== 'bigint') return undefined;
  const privilege = session.privilegeAt(va);
  return session.debuggee.images.of(va, privilege)?.places.at(va) && { va, privilege };
}
