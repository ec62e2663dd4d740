/** Colours of what a terminal draws, here and where recordings are played. Every text colour holds 4.5:1 on its ground; what programs choose themselves is lifted to that by `minimumContrastRatio`. Pure. */
import { t } from '../texts/text.js';

export interface TerminalColors {
  readonly background: string; readonly foreground: string; readonly cursor: string; readonly cursorAccent: string; readonly selectionBackground: string; readonly selectionForeground: string;
  readonly black: string; readonly red: string; readonly green: string; readonly yellow: string; readonly blue: string; readonly magenta: string; readonly cyan: string; readonly white: string;
  readonly brightBlack: string; readonly brightRed: string; readonly brightGreen: string; readonly brightYellow: string; readonly brightBlue: string; readonly brightMagenta: string; readonly brightCyan: string; readonly brightWhite: string;
}
export interface TerminalTheme { readonly id: string; readonly label: string; readonly dark: boolean; readonly colors: TerminalColors }

export const ANSI = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'brightBlack', 'brightRed', 'brightGreen', 'brightYellow', 'brightBlue', 'brightMagenta', 'brightCyan', 'brightWhite'] as const satisfies readonly (keyof TerminalColors)[];
export const LEAST_CONTRAST = 4.5;

/** @param ansi the sixteen in their order, separated by spaces */
const theme = (id: string, label: string, dark: boolean, [background, foreground, cursor, selection, selected]: readonly [string, string, string, string, string], ansi: string): TerminalTheme => ({
  id, label, dark,
  colors: {
    background, foreground, cursor, cursorAccent: background, selectionBackground: selection, selectionForeground: selected,
    ...Object.fromEntries(ansi.split(' ').map((color, i) => [ANSI[i] ?? '', color])) as Record<(typeof ANSI)[number], string>,
  },
});

export const TERMINAL_THEMES: readonly TerminalTheme[] = [
  theme('xanthus-dark', t('Xanthus dark'), true, ['#0e0f12', '#e4e6ea', '#ecbc4b', '#ecbc4b', '#1b1503'],
    '#2a2d33 #f2716b #4cc38a #ecbc4b #6cb0f7 #c792ea #4fc1d6 #c9cdd4 #888e99 #ff8f88 #6fdca6 #f4c95f #93c6ff #ddb3f8 #7fd8e8 #ffffff'),
  theme('xanthus-light', t('Xanthus light'), false, ['#ffffff', '#16171a', '#7d5600', '#fbe3a4', '#16171a'],
    '#16171a #b42323 #147a49 #7d5600 #1c5fae #8a3ab9 #0b6e80 #64686f #484b52 #c02c2c #0f7342 #8f6200 #1c68b8 #9a45c9 #0a7184 #55585f'),
  theme('high-contrast', t('High contrast'), true, ['#000000', '#ffffff', '#ffff00', '#ffffff', '#000000'],
    '#3a3a3a #ff8080 #5cff5c #ffff5c #8cc8ff #ff9cff #5cffff #f0f0f0 #b8b8b8 #ffa3a3 #8cff8c #ffff9c #b3dcff #ffbfff #9cffff #ffffff'),
  theme('high-contrast-light', t('High contrast, light'), false, ['#ffffff', '#000000', '#0000c8', '#000000', '#ffffff'],
    '#000000 #9b0000 #005a00 #5c4700 #0000b4 #7a007a #005a5a #404040 #303030 #a80000 #006000 #5f4a00 #0000c8 #850085 #006060 #4a4a4a'),
  theme('midnight', t('Midnight'), true, ['#0b1220', '#dbe4f5', '#8ab4ff', '#29477d', '#ffffff'],
    '#1d2a44 #ff7b8a #6fd6a0 #f2c772 #7fb2ff #c9a0ff #66d3e6 #c5d0e6 #8494b3 #ff9ba6 #93e6b9 #ffdb94 #a6caff #dcc0ff #93e4f2 #ffffff'),
  theme('forest', t('Forest'), true, ['#10170f', '#dfe8d8', '#b5d56a', '#3b5a2a', '#ffffff'],
    '#253323 #f08770 #8fce6b #dcc667 #7db7d9 #d2a0d0 #6fcdb0 #c6d3bd #8b9c82 #ffa390 #abe08c #efdc86 #a0cfec #e6bde4 #94e0c8 #ffffff'),
  theme('paper', t('Paper'), false, ['#f6f1e4', '#2d2a24', '#8a3b12', '#e5d3a8', '#2d2a24'],
    '#2d2a24 #a32a1c #3f6a1c #785300 #235f92 #86367f #16695f #5f5848 #5a5344 #b02f20 #446f1f #7c5700 #28649a #8e3d88 #176d63 #5f5848'),
  theme('mono', t('Monochrome'), true, ['#161616', '#e6e6e6', '#ffffff', '#5a5a5a', '#ffffff'],
    '#303030 #d0d0d0 #c4c4c4 #dcdcdc #b8b8b8 #cacaca #d6d6d6 #e6e6e6 #909090 #e2e2e2 #d8d8d8 #f0f0f0 #cccccc #dedede #ececec #ffffff'),
];

/** `auto`: Xanthus dark or light, as the console is. Unknown ids are that too. */
export const themeOf = (id: string, dark: boolean): TerminalTheme =>
  TERMINAL_THEMES.find(t => t.id === id) ?? TERMINAL_THEMES.find(t => t.id === (dark ? 'xanthus-dark' : 'xanthus-light')) ?? TERMINAL_THEMES[0] as TerminalTheme;

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16) / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
/** WCAG contrast of two `#rrggbb`. */
export const contrast = (a: string, b: string): number => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};
