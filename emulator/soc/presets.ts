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

/** A SoC that comes with HartHop. @throws SocError naming those that do */
export function socNamed(name: string): Soc {
  const soc = presets.find((each) => each.name === name);
  if (!soc) {
    throw new SocError(
      `no SoC is named "${name}"; there are ${presets.map((each) => each.name).join(', ')} (or give a .json file)`,
    );
  }
  return soc;
}
