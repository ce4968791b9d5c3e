/**
 * Requests take turns: between two of them, and between the steps of a long one, what has come in meanwhile is heard, such as that an answer is
 * not wanted any more.
 */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';

export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** @param later does something when what has come in was heard */
  constructor(private readonly later: (then: () => void) => void) {}

  /** The next turn. */
  next(): Promise<void> {
    this.last = this.last.then(() => new Promise<void>((resolve) => this.later(resolve)));
    return this.last;
  }
}

/** @throws ResponseError when the client does not want an answer any more */
export function wanted(token: CancellationToken): void {
  if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}

type Handler = (params: never, token: CancellationToken, ...rest: never[]) => unknown;

/** A connection whose handlers of requests (`onHover`, `languages.inlayHint.on`, …) are called by another. */
export function calledBy<T extends object>(target: T, caller: (handler: Handler) => Handler): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name);
      if (typeof value !== 'function')
        return typeof value === 'object' && value !== null ? calledBy(value, caller) : value;
      const registers = /^on/.test(String(name));
      const given = (each: unknown) => (registers && typeof each === 'function' ? caller(each as Handler) : each);
      return (...args: unknown[]) => value.apply(object, args.map(given));
    },
  });
}

/** The document that a request is about. */
export function documentOf(params: unknown): string | undefined {
  const { textDocument, item } = params as { textDocument?: { uri?: string }; item?: { uri?: string } };
  return textDocument?.uri ?? item?.uri;
}
