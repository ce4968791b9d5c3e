/** Paths of included files, as text: nothing here touches a file system. */

/** What `path`, named by the file `from`, is called: beside it, unless absolute. `.` and `..` are worked out. */
export function resolvePath(path: string, from: string): string {
  if (/^([/\\]|[A-Za-z]:|\w+:\/\/)/.test(path)) return path;
  const folder = /^(.*[/\\])[^/\\]*$/.exec(from)?.[1] ?? '';
  const parts: string[] = [];
  for (const part of (folder + path).split('/')) {
    if (part === '..' && parts.length && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
