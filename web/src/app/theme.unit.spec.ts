import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULTS, readChoice, resolveAppearance } from './theme.js';

const css = readFileSync('web/src/index.css', 'utf8');
const block = (selector: string): Readonly<Record<string, string>> => {
  const body = css.slice(css.indexOf(`\n${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries([...body.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6});/g)].map(m => [m[1], m[2]]));
};
const light = block(':root');
const dark = block("[data-theme='dark']");
const THEMES = { light, dark, 'high contrast, light': { ...light, ...block("[data-contrast='high']") }, 'high contrast, dark': { ...dark, ...block("[data-theme='dark'][data-contrast='high']") } } as const;

const channel = (hex: string): number => { const c = Number.parseInt(hex, 16) / 255; return c <= 0.040_45 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const luminance = (colour: string): number => 0.212_6 * channel(colour.slice(1, 3)) + 0.715_2 * channel(colour.slice(3, 5)) + 0.072_2 * channel(colour.slice(5, 7));
/** WCAG 2.2, 1.4.3. */
const contrast = (a: string, b: string): number => { const [x = 0, y = 0] = [luminance(a), luminance(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };

const GROUNDS = ['canvas', 'surface', 'raised', 'sunken'];
const PAIRS = [
  ...['ink', 'ink-2', 'ink-3'].flatMap(text => GROUNDS.map(ground => [text, ground] as const)),
  ...['ok', 'warn', 'bad', 'info'].flatMap(tone => ['canvas', 'surface', `${tone}-wash`].map(ground => [tone, ground] as const)),
  ...['accent-wash', 'ok-wash', 'warn-wash', 'bad-wash', 'info-wash'].flatMap(ground => ['ink', 'ink-2'].map(text => [text, ground] as const)),
  ['accent-ink', 'canvas'], ['accent-ink', 'surface'], ['accent-ink', 'accent-wash'], ['on-accent', 'accent'], ['on-accent', 'accent-hover'],
] as const;

describe('the colours', () => {
  it.each(Object.entries(THEMES))('of %s can be read', (name, colours) => {
    const wanted = name.startsWith('high') ? 7 : 4.5;
    const bad = PAIRS.map(([text, ground]) => ({ pair: `${text} on ${ground}`, is: contrast(colours[text] ?? '', colours[ground] ?? '') })).filter(p => !(p.is >= wanted));
    expect(bad).toEqual([]);
  });

  it.each(Object.entries(THEMES).filter(([name]) => name.startsWith('high')))('of %s have lines that can be seen', (_, colours) => {
    for (const ground of GROUNDS) expect(contrast(colours['line'] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(3);
  });
});

describe('the appearance', () => {
  const system = { dark: true, contrast: true, still: true };
  it('is the system\'s where nothing was chosen', () => {
    expect(resolveAppearance(DEFAULTS, system)).toEqual({ theme: 'dark', contrast: 'high', motion: 'reduced', density: 'normal' });
    expect(resolveAppearance(DEFAULTS, { dark: false, contrast: false, still: false })).toEqual({ theme: 'light', contrast: 'normal', motion: 'full', density: 'normal' });
  });
  it('is what was chosen, whatever the system wants', () => {
    expect(resolveAppearance({ theme: 'light', contrast: 'normal', motion: 'full', density: 'compact' }, system)).toEqual({ theme: 'light', contrast: 'normal', motion: 'full', density: 'compact' });
  });
  it('takes no choice that it does not know', () => {
    expect([readChoice('theme', 'dark'), readChoice('theme', 'pink'), readChoice('density', null)]).toEqual(['dark', undefined, undefined]);
  });
});
