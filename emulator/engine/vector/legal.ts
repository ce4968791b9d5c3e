/** The host's side of legality: judge the instruction of a record under the hart's state, and remember a yes. */
import { rowOf } from '../../../isa/decode.js';
import { hart as at, record } from '../../layout.js';
import { ignoresVtype, type VectorState, whyIllegal } from '../../../isa/vector/legality.js';
import { legalKey } from './workshop.js';

/**
 * Is the vector instruction of this record legal now? Call this for `EngineHost.vectorLegal` and trap when the answer is a reason.
 * @param block address of the hart's block
 * @returns why it is illegal, or undefined
 */
export function judgeVector(
  view: DataView,
  block: number,
  recordAt: number,
  has: VectorState['has'],
): string | undefined {
  const word = view.getUint32(recordAt + record.word, true);
  const row = rowOf(word);
  if (row?.semantics.kind !== 'vector') return 'no vector instruction';
  const vtype = view.getBigUint64(block + at.vtype, true);
  const read = (offset: number) => view.getUint32(block + offset, true);
  const reason = whyIllegal(row, word, {
    vtype,
    vstart: read(at.vstart),
    vs: read(at.vs),
    fs: read(at.fs),
    frm: read(at.frm),
    vl: read(at.vl),
    vlenb: read(at.vlenb),
    has,
  });
  if (reason === undefined) {
    view.setUint16(recordAt + record.extra, legalKey(ignoresVtype(row) ? 0 : Number(vtype & 0xffn)), true);
  }
  return reason;
}
