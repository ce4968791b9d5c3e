/** docs/measurements.md: a template's text around the figures. */
import { readFileSync } from 'node:fs';
import { aimsTable } from './aims.js';
import { chapters } from './chapters.js';
import type { Figures } from './figures.js';
import { publishedTable } from './published.js';
import { worseList } from './worse.js';

const template = () => readFileSync(new URL('measurements.md', import.meta.url), 'utf8');

/** @throws Error when the template asks for a table that nobody makes, or leaves one out */
export function documentOf(figures: Figures): string {
  const tables: Record<string, string> = {
    aims: aimsTable(figures),
    published: publishedTable(figures),
    worse: worseList(figures),
  };
  for (const chapter of chapters) Object.assign(tables, chapter.tables(figures));
  const left = new Set(Object.keys(tables));
  const text = template().replaceAll(/\{\{([\w.-]+)\}\}/g, (_, name: string) => {
    if (tables[name] === undefined) throw new Error(`the template asks for ${name}, which is not measured`);
    left.delete(name);
    return tables[name];
  });
  if (left.size) throw new Error(`the template has no place for ${[...left].join(', ')}`);
  return text;
}
