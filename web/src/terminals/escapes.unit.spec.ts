import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import xterm from '@xterm/headless';
import { CLIPBOARD_MOST, clipboardOf, hookEscapes, hookFaults, linkTarget } from './escapes.js';
import { keyBytes, KEY_ROW, SHORTCUTS, shortcutOf, withModifiers } from './keys.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('escape sequences of a program', () => {
  let term: InstanceType<typeof xterm.Terminal>;
  afterEach(() => term?.dispose());
  const answersTo = (hooked: boolean, output: string): Promise<{ answers: string[]; clipboard: string[]; refused: string[]; screen: string }> => new Promise((resolve) => {
    term = new xterm.Terminal({ allowProposedApi: true, cols: 80, rows: 5 });
    const [answers, clipboard, refused]: [string[], string[], string[]] = [[], [], []];
    if (hooked) hookEscapes(term.parser as never, { onClipboard: text => clipboard.push(text), onClipboardRefused: why => refused.push(why) });
    term.onData(data => answers.push(data));
    term.write(output, () => resolve({ answers, clipboard, refused, screen: term.buffer.active.getLine(0)?.translateToString(true) ?? '' }));
  });

  // oxlint-disable-next-line typescript/no-misused-spread -- ASCII
  const QUERIES = ['\u001b[c', '\u001b[>c', '\u001b[=c', '\u001b[5n', '\u001b[6n', '\u001b[?6n', '\u001b[?15n', '\u001b[4$p', '\u001b[?1$p', '\u001b[?2026$p', '\u001bP$qm\u001b\\', '\u001bP+q544e\u001b\\', '\u001b]10;?\u0007', '\u001b]11;?\u001b\\', '\u001b]12;?\u0007', '\u001b]4;1;?\u0007', '\u001b[>q', '\u001b[?u', '\u001b[18t', '\u001b[14t', '\u001b[x', '\u001bZ'];
  it.each(QUERIES.map(q => [JSON.stringify(q), q]))('%s gets no answer here, and leaves no trace', async (_, query) => {
    expect(await answersTo(true, `a${query}b`)).toMatchObject({ answers: [], screen: 'ab' });
  });
  it('would get some without the hooks', async () => {
    expect((await answersTo(false, QUERIES.join(''))).answers.length).toBeGreaterThan(8);
  });
  it('still does what changes the screen', async () => {
    expect((await answersTo(true, 'abc\u001b[1;1Hx\u001b]0;title\u0007\u001b[?25l\u001b[!p')).screen).toBe('xbc');
  });

  it.each(['\u001b[?1049h\u001b[5;80Hx\u001b[1J', '\u001b[?1049h\u001b[5;80Hx\u001b[?1J', ...[...'SLMTIZb'].map(c => `x\u001b[2147483647${c}`)])('%j stops nothing', async (output) => {
    term = new xterm.Terminal({ allowProposedApi: true, cols: 80, rows: 5, scrollback: 0 });
    hookFaults(term as never);
    await new Promise<void>((resolve) => { term.write(`${output}\u001b[H\u001b[2Kstill here`, resolve); });
    expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('still here');
  });

  it('stops nothing in whatever shows what programs wrote, recordings too', () => {
    const folder = join(import.meta.dirname, '..');
    const screens = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => /(?<!spec)\.tsx?$/.test(name)).map(name => readFileSync(join(folder, name), 'utf8')).filter(text => /^import \{[^}]*\} from '@xterm\/xterm';/m.test(text));
    expect(screens.length).toBeGreaterThanOrEqual(2);
    for (const text of screens) expect(text).toMatch(/ hookFaults\(term\)/);
  });

  it('may ask to write the clipboard, within bounds, and never read it', async () => {
    const { clipboard, refused } = await answersTo(true, `\u001b]52;c;${base64('grüße')}\u0007\u001b]52;c;?\u0007\u001b]52;c;${base64('x'.repeat(CLIPBOARD_MOST + 10))}\u0007\u001b]52;c;!!!\u0007`);
    expect([clipboard, refused]).toEqual([['grüße'], ['read', 'too-large']]);
    expect([clipboardOf('c;'), clipboardOf('nonsense'), clipboardOf(`c;${Buffer.from([0xff]).toString('base64')}`)].map(w => w.kind)).toEqual(['none', 'none', 'none']);
  });

  it.each([['https://example.com/a?b', 'https://example.com/a?b'], ['http://10.0.0.1', 'http://10.0.0.1/'], ['javascript:alert(1)', undefined], [' javascript:alert(1)', undefined], ['java\nscript:alert(1)', undefined], ['data:text/html,x', undefined], ['file:///etc/passwd', undefined], ['ssh://host', undefined], ['vscode://x', undefined], ['/relative', undefined], [`https://x/${'a'.repeat(3_000)}`, undefined]])('the link %j leads to %j', (uri, target) => {
    expect(linkTarget(uri)).toBe(target);
  });
});

describe('keys', () => {
  const press = (code: string, ...held: string[]): ReturnType<typeof shortcutOf> => shortcutOf({ code, altKey: held.includes('alt'), ctrlKey: held.includes('ctrl'), metaKey: held.includes('meta'), shiftKey: held.includes('shift') });
  it('leave to the shell what is no shortcut', () => {
    expect([press('KeyX', 'alt', 'shift'), press('KeyF', 'ctrl', 'shift'), press('KeyF', 'meta', 'shift'), press('Slash', 'alt', 'shift'), press('ArrowDown', 'alt', 'shift')]).toEqual(['out', 'search', 'search', 'help', 'next-pane']);
    expect([press('KeyX', 'alt'), press('KeyC', 'ctrl'), press('KeyK', 'ctrl'), press('KeyX', 'alt', 'ctrl', 'shift'), press('KeyQ', 'alt', 'shift')]).toEqual(Array(5).fill(undefined));
    expect(new Set(SHORTCUTS.map(([, keys]) => keys)).size).toBe(SHORTCUTS.length);
  });
  it('that a phone lacks are there, with Ctrl and Alt for what is typed next', () => {
    const held = { ctrl: true, alt: false };
    expect(['c', 'C', '[', ' ', '?', 'é', 'ab'].map(k => withModifiers(k, held))).toEqual(['\u0003', '\u0003', '\u001b', '\u0000', '\u007f', 'é', 'ab']);
    expect([withModifiers('x', { ctrl: false, alt: true }), withModifiers('x', { ctrl: true, alt: true })]).toEqual(['\u001bx', '\u001b\u0018']);
    const up = KEY_ROW.find(([label]) => label === '↑')?.[1] ?? '';
    expect([keyBytes(up, false), keyBytes(up, true), keyBytes('|', true)]).toEqual(['\u001b[A', '\u001bOA', '|']);
  });
});
