/** When a breakpoint stops: its texts, read once. */
import { type Context, evaluateNode, isTrue } from './expressions/evaluate.js';
import { format, type Radix, withRadix } from './expressions/format.js';
import { ExpressionError } from './expressions/lexer.js';
import { assigns, type Node, parseCondition, parse } from './expressions/parser.js';

/** When a breakpoint stops, as the client asked. */
export interface When {
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
  /** One of `modes`. */
  readonly mode?: string;
}

/** The texts, understood. */
export interface Condition {
  /** Undefined: always. */
  holds?(context: Context): boolean;
  /** Is this the count of hits at which to stop? */
  enough(hits: number): boolean;
  /** The message to log instead of stopping. */
  log?(context: Context): string;
}

/** @throws ExpressionError that says what is wrong with which text */
export function conditionOf({ condition, hitCondition, logMessage }: When): Condition {
  const node = condition ? parseCondition(condition) : undefined;
  // Evaluated on the way back too, it would make another run of what lies there.
  if (node && assigns(node)) throw new ExpressionError(`\`${condition}\` would be done, not asked; \`==\` compares`);
  return {
    enough: hitCondition ? countOf(hitCondition) : () => true,
    ...(node && { holds: (context: Context) => isTrue(evaluateNode(node, context)) }),
    ...(logMessage !== undefined && { log: messageOf(logMessage) }),
  };
}

const hitForm = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,15})\s*$/;

/** A plain count stops at that hit and every later one, as `>=`. */
function countOf(text: string): (hits: number) => boolean {
  const [, operator, digits] = hitForm.exec(text) ?? [];
  if (digits === undefined || (operator === '%' && Number(digits) === 0))
    throw new ExpressionError(`hit condition \`${text}\`: expected a count such as 5, >= 5 or % 5`);
  const count = Number(digits);
  switch (operator) {
    case '==':
    case '=':
      return (hits) => hits === count;
    case '>':
      return (hits) => hits > count;
    case '<':
      return (hits) => hits < count;
    case '<=':
      return (hits) => hits <= count;
    case '%':
      return (hits) => hits % count === 0;
    default:
      return (hits) => hits >= count;
  }
}

/** A log message: expressions stand in braces, with a letter for how they are shown (`{a0,x}`) if wanted; `{{` is a brace. What can't be evaluated says so in its place. */
export function messageOf(text: string): (context: Context) => string {
  const parts: (string | { readonly node: Node; readonly radix?: Radix })[] = [];
  const read = (inside: string) => {
    const { expression, radix } = withRadix(inside);
    return { node: parse(expression), ...(radix && { radix }) };
  };
  let from = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}]*)\}/g)) {
    parts.push(text.slice(from, match.index));
    parts.push(match[1] === undefined ? match[0][0]! : read(match[1]));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return (context) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return part;
        try {
          return format(evaluateNode(part.node, context), part);
        } catch (error) {
          return `<${(error as Error).message}>`;
        }
      })
      .join('');
}
