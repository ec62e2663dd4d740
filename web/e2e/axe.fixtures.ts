/** Deque's axe over a page as it is now. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let source: Promise<string> | undefined;

/** What it objects to in these parts of the page (selectors), a line each; all rules of WCAG A and AA and good practice, or only those that are named. */
export const violations = async (page: Page, parts: readonly string[], rules?: readonly string[]): Promise<string[]> => {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // By the debugger, not by a script element: the content security policy stays as it is.
  if (await page.evaluate('typeof axe') === 'undefined') await page.evaluate(await source);
  const { violations: found } = await page.evaluate(([include, runOnly]) => (globalThis as unknown as { axe: { run(context: object, options: object): Promise<AxeResults> } }).axe.run({ include }, { resultTypes: ['violations'], runOnly }),
    [parts.map(p => [p]), rules ? { type: 'rule', values: rules } : { type: 'tag', values: TAGS }] as const);
  return found.flatMap(v => v.nodes.map(node => `${v.id}: ${node.target.join(' ')}: ${node.html.slice(0, 160)}: ${node.failureSummary?.replaceAll(/\s+/g, ' ') ?? ''}`));
};
