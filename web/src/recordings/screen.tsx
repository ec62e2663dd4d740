/** The screen of a player: xterm.js, as large as it was recorded and as small as the room needs. Nothing can be typed, no link opened; what programs asked of their terminal is answered by nobody. */
import '@xterm/xterm/css/xterm.css';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { useEffect, useRef, type ReactNode } from 'react';
import { hookFaults } from '../terminals/escapes.js';
import { useDark } from '../terminals/hooks.js';
import { FONT_FAMILIES } from '../terminals/settings.js';
import { LEAST_CONTRAST, themeOf } from '../terminals/theme.js';
import type { PlayerScreen } from './player.js';

const FONT = { most: 14, least: 6 } as const;

export interface ScreenHandle extends PlayerScreen { /** What is selected, else what is to be seen. */ text(): string; /** Looks for the text on the screen and marks it. */ mark(text: string): void }

const makeTerminal = (dark: boolean): Terminal => {
  const term = new Terminal({
    cols: 80, rows: 24, disableStdin: true, allowProposedApi: true, scrollback: 5_000, fontSize: FONT.most, fontFamily: 'monospace', cursorInactiveStyle: 'outline', logLevel: 'off', minimumContrastRatio: LEAST_CONTRAST,
    theme: { ...themeOf('auto', dark).colors }, linkHandler: { activate: () => undefined },
  });
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = '11';
  hookFaults(term);
  return term;
};

/** Everything takes its turn in the queue of xterm, so that a size counts for what comes after it and not for what was before. */
const handleOf = (term: Terminal, fit: () => void): ScreenHandle => ({
  reset: (cols, rows) => term.write('', () => { term.reset(); term.resize(cols, rows); fit(); }),
  resize: (cols, rows) => term.write('', () => { term.resize(cols, rows); fit(); }),
  write: (text, drawn) => term.write(text, drawn),
  text() {
    if (term.hasSelection()) return term.getSelection();
    const { active } = term.buffer;
    const lines = Array.from({ length: term.rows }, (_, i) => active.getLine(active.viewportY + i)?.translateToString(true) ?? '');
    return `${lines.join('\n').trimEnd()}\n`;
  },
  mark(text) {
    const wanted = text.toLowerCase();
    const { active } = term.buffer;
    if (wanted === '') return;
    for (let y = active.length - 1; y >= 0; y--) {
      const at = active.getLine(y)?.translateToString(true).toLowerCase().indexOf(wanted) ?? -1;
      if (at < 0) continue;
      term.select(at, y, wanted.length);
      term.scrollToLine(Math.max(0, y - Math.floor(term.rows / 2)));
      return;
    }
    term.clearSelection();
  },
});

/** The letters become smaller until all columns are to be seen. */
const fitOf = (term: Terminal, box: HTMLElement) => (): void => {
  const screen = box.querySelector<HTMLElement>('.xterm-screen');
  const now = term.options.fontSize ?? FONT.most;
  if (!screen || screen.offsetWidth === 0) return;
  const wanted = Math.floor((now * (box.clientWidth - 24)) / screen.offsetWidth);
  const size = Math.max(FONT.least, Math.min(FONT.most, wanted));
  if (size !== now) term.options.fontSize = size;
};

export const Screen = ({ label, onReady }: { readonly label: string; readonly onReady: (screen: ScreenHandle) => () => void }): ReactNode => {
  const box = useRef<HTMLDivElement>(null);
  const held = useRef<Terminal>(undefined);
  const ready = useRef(onReady);
  const dark = useDark();
  const first = useRef(dark);
  useEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const term = held.current = makeTerminal(first.current);
    term.open(current);
    const fit = fitOf(term, current);
    const observer = new ResizeObserver(fit);
    observer.observe(current);
    // Letters are measured when a font is set: only once they are there.
    const withFont = (): void => { if (held.current === term) { term.options.fontFamily = FONT_FAMILIES.geist; fit(); } };
    void document.fonts.load(`${FONT.most}px ${FONT_FAMILIES.geist}`).then(withFont, withFont);
    const stop = ready.current(handleOf(term, fit));
    return () => {
      stop();
      held.current = undefined;
      observer.disconnect();
      term.dispose();
    };
  }, []);
  useEffect(() => { if (held.current) held.current.options.theme = { ...themeOf('auto', dark).colors }; }, [dark]);
  return <div ref={box} role="region" aria-label={label} data-testid="recording-screen" className="min-h-72 overflow-auto p-3" style={{ background: themeOf('auto', dark).colors.background }} />;
};
