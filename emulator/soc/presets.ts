/** The SoCs that come with HartHop, by name. */
import allRva23 from './presets/all-rva23.json' with { type: 'json' };
import allVector from './presets/all-vector.json' with { type: 'json' };
import app1Vec1 from './presets/app1-vec1.json' with { type: 'json' };
import app2Rva23 from './presets/app2-rva23.json' with { type: 'json' };
import app2Vec1 from './presets/app2-vec1.json' with { type: 'json' };
import app2Vec1Dot1 from './presets/app2-vec1-dot1.json' with { type: 'json' };
import app2Vec2 from './presets/app2-vec2.json' with { type: 'json' };
import mixedVlen from './presets/mixed-vlen.json' with { type: 'json' };
import { readSoc, type Soc, SocError } from './soc.js';

/** As many harts of a kind as a preset's name may ask for. */
const MOST = { application: 64, accelerator: 16 } as const;

export const presets: readonly Soc[] = [
  app2Vec1,
  app1Vec1,
  app2Vec2,
  mixedVlen,
  app2Vec1Dot1,
  allVector,
  app2Rva23,
  allRva23,
].map((json) => readSoc(json, `${json.name}.json`));

/** The SoC taken when none is named: two application harts and one with vectors. */
export const defaultSoc: Soc = presets[0]!;

/** What the names of further presets look like, as messages and texts have it. */
export const presetPattern = `appN-vecM (N from 1 to ${MOST.application}, M from 0 to ${MOST.accelerator})`;

/** A SoC that comes with HartHop. @throws SocError naming those that do */
export function socNamed(name: string): Soc {
  const soc = presets.find((each) => each.name === name) ?? counted(name);
  if (!soc) {
    const names = [...presets.map((each) => each.name), presetPattern].join(', ');
    throw new SocError(`no SoC is named "${name}"; there are ${names} (or give a .json file)`);
  }
  return soc;
}

/** The SoC of a name such as app8-vec2: so many application harts without vectors, so many accelerator harts with VLEN 256. */
function counted(name: string): Soc | undefined {
  const counts = /^app([1-9]\d*)-vec(0|[1-9]\d*)$/.exec(name)?.slice(1).map(Number);
  if (!counts) return undefined;
  const [application, accelerator] = counts as [number, number];
  if (application > MOST.application || accelerator > MOST.accelerator) return undefined;
  const harts = [
    { count: application, isa: 'rv64gc', role: 'application' },
    { count: accelerator, isa: 'rv64gcv_zvl256b', role: 'accelerator' },
  ].filter(({ count }) => count > 0);
  return readSoc({ name, description: `${application} application harts, ${accelerator} with VLEN 256.`, harts }, name);
}
