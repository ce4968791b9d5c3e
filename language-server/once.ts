/** Something that is worked out once, when it is first asked for. */
export interface Once<T> {
  (): T;
  done(): boolean;
}

export function once<T>(make: () => T): Once<T> {
  let kept: { readonly value: T } | undefined;
  const get = () => {
    kept ??= { value: make() };
    return kept.value;
  };
  return Object.assign(get, { done: () => kept !== undefined });
}
