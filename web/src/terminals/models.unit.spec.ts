import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EMPTY, flat, hide, MOST_PANES, moveTab, nextPane, readLayout, resize, sessionsIn, sessionsOf, show, split, step, writeLayout, type Layout } from './layout.js';
import { examinePaste, needsQuestion, pasteBytes } from './paste.js';
import { readTerminalSettings } from './settings.js';
import { ANSI, contrast, LEAST_CONTRAST, TERMINAL_THEMES, themeOf } from './theme.js';

describe('themes', () => {
  it('are at least six, with a dark and a light one of high contrast', () => {
    expect(TERMINAL_THEMES.length).toBeGreaterThanOrEqual(6);
    for (const id of ['high-contrast', 'high-contrast-light']) expect(contrast(themeOf(id, true).colors.foreground, themeOf(id, true).colors.background)).toBeGreaterThan(15);
  });
  it.each(TERMINAL_THEMES.map(t => [t.id, t] as const))('%s: text is readable on its ground', (_, { dark, colors }) => {
    // The colour of the ground itself is one of the sixteen; as text it is lifted while it is drawn.
    const text = ANSI.filter(name => name !== (dark ? 'black' : 'none'));
    const poor = text.filter(name => contrast(colors[name], colors.background) < LEAST_CONTRAST).map(name => `${name} ${contrast(colors[name], colors.background).toFixed(2)}`);
    expect(poor).toEqual([]);
    expect(contrast(colors.foreground, colors.background)).toBeGreaterThan(7);
    expect(contrast(colors.selectionForeground, colors.selectionBackground)).toBeGreaterThan(LEAST_CONTRAST);
    expect(contrast(colors.cursor, colors.background)).toBeGreaterThan(3);
  });
  it('follow the console when none is chosen, or none of that name', () => {
    expect([themeOf('auto', true).id, themeOf('auto', false).id, themeOf('gone', true).id, themeOf('paper', true).id]).toEqual(['xanthus-dark', 'xanthus-light', 'xanthus-dark', 'paper']);
  });
});

describe('what is pasted', () => {
  it('is asked about when it has lines, a line end that runs it, or what is no text', () => {
    const asks = (raw: string, bracketed = false): boolean => needsQuestion(examinePaste(raw), bracketed);
    expect([asks('ls -l'), asks('ls\ttab'), asks('ls\n'), asks('ls\n', true), asks('a\nb', true), asks('a\r\nb'), asks('ls\u001b[201~; rm', true), asks('a\u202eb')]).toEqual([false, false, true, false, true, true, true, true]);
  });
  it('can\'t end bracketed paste, whatever it holds', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('\u001b', '\u001b[201~', '\u009b201~', 'x', '\n', '\r\n', '\u0003', '\u0000', '[201~')), (parts) => {
      const { text } = examinePaste(parts.join(''));
      const sent = pasteBytes(text, true);
      // oxlint-disable-next-line no-control-regex -- that there is none is what is shown
      expect(sent.slice(6, -6)).not.toMatch(/[\u0000-\u0008\u000a-\u000c\u000e-\u001f\u007f-\u009f]/);
    }));
  });
  it('says what was taken out, and counts lines as a person does', () => {
    expect(examinePaste('a\u001b[31m\u0003b\r\nc\n')).toEqual({ text: 'a[31mb\nc\n', lines: 2, controls: ['Escape', 'Ctrl C'] });
    expect(pasteBytes('a\nb', false)).toBe('a\rb');
  });
});

describe('the layout', () => {
  const three = split(split(show(EMPTY, 'a'), 'a', 'h', 'b'), 'b', 'v', 'c');
  it('opens tabs, splits panes, and shows a session once', () => {
    expect(writeLayout(three)).toBe('*h50(a~v50(b~c))');
    expect(writeLayout(show(three, 'd'))).toBe('h50(a~v50(b~c)).*d');
    expect(writeLayout(show(show(three, 'd'), 'b'))).toBe('*h50(a~v50(b~c)).d');
    expect(writeLayout(split(show(three, 'd'), 'd', 'h', 'b'))).toBe('h50(a~c).*h50(d~b)');
  });
  it('closes a pane into its neighbour and a tab into the next', () => {
    expect(writeLayout(hide(three, 'a'))).toBe('*v50(b~c)');
    expect(hide(three, 'c').focus).toBe('a');
    expect(writeLayout(hide(show(three, 'd'), 'd'))).toBe('*h50(a~v50(b~c))');
    expect(hide(show(EMPTY, 'a'), 'a')).toEqual(EMPTY);
  });
  it('goes round tabs and panes, moves tabs, and drags borders within bounds', () => {
    expect(step(show(three, 'd'), 1).active).toBe(0);
    expect(['a', nextPane(nextPane(three)).focus]).toEqual(['a', 'b']);
    expect(writeLayout(flat(three))).toBe('a.b.*c');
    expect(writeLayout(moveTab(show(three, 'd'), 1, 0))).toBe('*d.h50(a~v50(b~c))');
    expect(writeLayout(resize(resize(three, '', 99), '1', 30))).toBe('*h90(a~v30(b~c))');
  });
  it('survives its address, and any address', () => {
    const sessions = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const act = fc.oneof(sessions.map(s => (l: Layout) => show(l, s)), sessions.map(s => (l: Layout) => hide(l, s)), fc.tuple(sessions, sessions, fc.constantFrom('h' as const, 'v' as const)).map(([a, b, d]) => (l: Layout) => split(l, a, d, b)), fc.constant((l: Layout) => step(l, 1)), fc.integer({ min: 0, max: 100 }).map(n => (l: Layout) => resize(l, '', n)));
    fc.assert(fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      const layout = acts.reduce((l, a) => a(l), EMPTY);
      const all = sessionsOf(layout);
      expect(new Set(all).size).toBe(all.length);
      expect(layout.active).toBeLessThan(Math.max(1, layout.tabs.length));
      const back = readLayout(writeLayout(layout));
      expect([back.tabs, back.active]).toEqual([layout.tabs, layout.active]);
    }));
    fc.assert(fc.property(fc.string(), text => { sessionsOf(readLayout(text)); }));
    for (const bad of [undefined, 7, 'h50(a~', 'h50(a~a)', '(((', `${'h50('.repeat(500)}`, 'A.B', Array.from({ length: MOST_PANES + 1 }, (_, i) => `s${i}`).join('.')]) expect(sessionsOf(readLayout(bad))).toEqual([]);
    expect(sessionsIn(readLayout('zz.h50(a~b)').tabs[1] ?? { kind: 'leaf', session: '' })).toEqual(['a', 'b']);
  });
});

it('settings of another time are not an error', () => {
  expect(readTerminalSettings('{"theme":"<b>","size":99,"font":"comic","scrollback":3,"bell":"loud"}')).toEqual(readTerminalSettings(null));
  expect(readTerminalSettings('nonsense').size).toBe(13);
  expect(readTerminalSettings('{"theme":"paper","size":16,"copyOnSelect":true}')).toMatchObject({ theme: 'paper', size: 16, copyOnSelect: true });
});
