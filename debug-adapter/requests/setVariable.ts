import { text } from '../arguments.js';
import { partNamed } from '../values/variable.js';
import { RequestError, type RequestHandler } from '../protocol.js';

/** `setVariable`: write a register, a lane, a field of memory. */
export const setVariable: RequestHandler<'setVariable'> = {
  capabilities: { supportsSetVariable: true },
  handle(args, session) {
    session.still;
    const [name, value] = [text(args, 'name'), text(args, 'value')];
    const parts = session.variables.get(args.variablesReference);
    if (!parts) throw new RequestError(`variablesReference ${JSON.stringify(args.variablesReference)} is not known`);
    const find = () => partNamed(parts, name);
    const variable = find();
    if (!variable) throw new RequestError(`there is no \`${name}\` here`);
    if (!variable.set) throw new RequestError(`\`${name}\` can't be set`);
    variable.set(value);
    session.changed(variable.of?.place?.va, variable.of?.type.size);
    const { name: _, ...shown } = session.show(find() ?? variable, args.format?.hex === true);
    return shown;
  },
};
