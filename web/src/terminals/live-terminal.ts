/** One session on the screen: xterm.js, and the socket that feeds it. A plain object that outlives the components that show it. */
import '@xterm/xterm/css/xterm.css';
import { value, type Value } from '@xanthus/client';
import { openTerminal, type Terminal, type TerminalScreen } from '@xanthus/client/terminal';
import { wholeCharacters } from '@xanthus/proto/terminals/queries';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal as Xterm } from '@xterm/xterm';
import { t } from '../texts/text.js';
import { ring } from './bell.js';
import { copyText } from '../ui/copy-text.js';
import { drawFast } from './draw-fast.js';
import { hookEscapes, hookFaults, linkTarget } from './escapes.js';
import { shortcutOf, withModifiers, type Shortcut } from './keys.js';
import { examinePaste, needsQuestion, pasteBytes, type PastedText } from './paste.js';
import { FONT_FAMILIES, type TerminalSettings } from './settings.js';
import { LEAST_CONTRAST, themeOf } from './theme.js';
import { scrollByTouch } from './touch-scroll.js';

export interface TerminalNotes {
  /** Bytes of output that were never shown. */ readonly skipped: number;
  /** A program wants this on the clipboard, and nobody has said yet whether it may. */ readonly clipboard: string | undefined;
  /** Where the link under the pointer leads. */ readonly link: string | undefined;
  /** Waits for a yes. `asText`: the program takes pastes as text, and runs nothing by itself. */ readonly paste: (PastedText & { readonly asText: boolean }) | undefined;
  /** Of the search: which of how many. */ readonly found: { readonly index: number; readonly count: number } | undefined;
  /** What was refused last, in words. */ readonly refused: string | undefined;
  /** Held on the key row for what is typed next. */ readonly ctrl: boolean; readonly alt: boolean;
}
const NONE: TerminalNotes = { skipped: 0, clipboard: undefined, link: undefined, paste: undefined, found: undefined, refused: undefined, ctrl: false, alt: false };

export interface TerminalHost {
  readonly url: string;
  readonly token: () => Promise<string>;
  /** Keys of somebody; the desk may send them to more than this one. */
  typed(session: string, data: string): void;
  shortcut(session: string, name: Shortcut): void;
  /** It is connected: what else waits for the gateway need not wait longer. */
  up(): void;
  /** It is over, and a key was pressed that asks for another. */
  another(session: string): void;
}

/** What is sent by itself, not by a hand: reports of the mouse and the focus. */
// oxlint-disable-next-line no-control-regex -- a report begins so
const REPORT = /^\u001b\[(?:[IO]$|[<M])/;
const CELLS_MS = 60;
const EMPTY_BYTES = new Uint8Array(0);

export class LiveTerminal implements TerminalScreen {
  readonly notes: Value<TerminalNotes> = value(NONE);
  readonly element = document.createElement('div');
  readonly link: Terminal;
  readonly #term: Xterm;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: 1_000 });
  readonly #sizes = new ResizeObserver(() => this.#measureSoon());
  #measuring: ReturnType<typeof setTimeout> | undefined;
  #opened = false;
  #label = t('Terminal');
  /** Has the keyboard, or shall have it once it is there. */
  #focused = false;
  /** Bytes of a character whose rest is on its way. */
  #rest: Uint8Array = EMPTY_BYTES;
  #settings: TerminalSettings;
  #mayWriteClipboard: boolean | undefined;
  #disposed = false;
  readonly #stops: (() => void)[] = [];

  constructor(readonly session: string, private readonly host: TerminalHost, settings: TerminalSettings, dark: boolean) {
    this.#settings = settings;
    this.element.className = 'terminal-host h-full w-full overflow-auto';
    const hovered = { hover: (_: unknown, text: string) => this.note({ link: linkTarget(text) }), leave: () => this.note({ link: undefined }) };
    this.#term = new Xterm({
      ...this.#options(settings, dark), allowProposedApi: true, cols: 80, rows: 24, macOptionClickForcesSelection: true, logLevel: 'off', cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      linkHandler: { activate: (_, text) => this.#follow(text), ...hovered, allowNonHttpProtocols: true },
    });
    const term = this.#term;
    term.loadAddon(this.#fit);
    term.loadAddon(this.#search);
    term.loadAddon(new Unicode11Addon());
    term.unicode.activeVersion = '11';
    term.loadAddon(new WebLinksAddon((_, text) => this.#follow(text), hovered));
    hookFaults(term);
    hookEscapes(term.parser, { onClipboard: text => this.#wantsClipboard(text), onClipboardRefused: why => this.note({ refused: why === 'read' ? t('A program asked for your clipboard. It was not given.') : t('A program wanted to put more onto your clipboard than it may.') }) });
    term.onData(data => this.#typed(data));
    term.onBinary(data => void this.link.input(Uint8Array.from(data, c => c.charCodeAt(0))));
    // What rang before is not rung again.
    term.onBell(() => { if (this.link.status.get().state !== 'replaying') ring(this.#settings.bell, this.element); });
    term.onSelectionChange(() => this.#copySelected());
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => this.note({ found: { index: resultIndex, count: resultCount } }));
    term.attachCustomKeyEventHandler(event => this.#key(event));
    this.element.addEventListener('paste', event => {
      event.preventDefault();
      event.stopPropagation();
      this.paste(event.clipboardData?.getData('text/plain') ?? '');
    }, true);
    this.link = openTerminal({ url: host.url, session, token: host.token, screen: this, onRefused: why => this.note({ refused: why.retryable && !why.code.startsWith('SESSION.') ? undefined : why.message }) });
    scrollByTouch(this.element, term, data => this.type(data));
    let taken = false;
    this.#stops.push(this.link.status.subscribe(({ state }) => {
      term.options.disableStdin = state === 'ended';
      if (state === 'live') host.up();
      if (state !== 'live' || taken) return;
      // Who comes first has the say over the size; who joins somebody leaves it to them.
      const facts = this.link.facts.get();
      if (facts?.types && !facts.viewers.some(v => v.driver && v.viewer !== facts.viewer)) { taken = true; this.link.take(); }
    }));
  }

  note(change: Partial<TerminalNotes>): void {
    this.notes.set({ ...this.notes.get(), ...change });
  }

  /** Shows it here; it can be shown in one place. */
  place(container: HTMLElement): () => void {
    container.append(this.element);
    this.#sizes.observe(this.element);
    if (this.#opened) this.#measureSoon();
    else void this.#open();
    return () => {
      this.#sizes.disconnect();
      if (this.element.parentElement === container) this.element.remove();
    };
  }

  /** The size of a cell is measured once: with the type that is meant, not with what stands in until that is loaded. */
  async #open(): Promise<void> {
    await document.fonts.load(`${this.#settings.size}px ${FONT_FAMILIES[this.#settings.font]}`).catch(() => undefined);
    if (this.#opened || this.#disposed || !this.element.isConnected) return;
    this.#opened = true;
    this.#term.open(this.element);
    this.#term.textarea?.setAttribute('aria-label', this.#label);
    void drawFast(this.#term);
    this.#measureSoon();
    if (this.#focused) this.focus();
  }

  // What the socket says, in its order: xterm takes what it is given in turns, so everything goes through its queue.
  write(bytes: Uint8Array, parsed: () => void): void {
    if (this.#disposed) return;
    let all = bytes;
    if (this.#rest.length > 0) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    const whole = wholeCharacters(all);
    this.#rest = all.slice(whole);
    this.#term.write(all.subarray(0, whole), parsed);
  }
  reset(): void {
    this.#rest = EMPTY_BYTES;
    this.#inTurn(() => this.#term.reset());
  }
  resize(cols: number, rows: number): void {
    this.#inTurn(() => this.#term.resize(cols, rows));
  }
  skipped(from: number, to: number): void {
    this.note({ skipped: this.notes.get().skipped + to - from });
  }

  /** Keys, as if typed here. */
  type(data: string): void {
    this.host.typed(this.session, data);
  }
  paste(raw: string): void {
    if (raw === '') return;
    const pasted = examinePaste(raw);
    if (needsQuestion(pasted, this.#bracketed)) this.note({ paste: { ...pasted, asText: this.#bracketed } });
    else this.pasteNow(pasted.text);
  }
  pasteNow(text: string): void {
    this.note({ paste: undefined });
    this.type(pasteBytes(text, this.#bracketed));
    this.focus();
  }
  get #bracketed(): boolean {
    return this.#term.modes.bracketedPasteMode;
  }
  get applicationKeys(): boolean {
    return this.#term.modes.applicationCursorKeysMode;
  }

  /** @param allow from now on, for this session */
  answerClipboard(allow: boolean): void {
    const text = this.notes.get().clipboard;
    this.#mayWriteClipboard = allow;
    this.note({ clipboard: undefined });
    if (allow && text !== undefined) void copyText(text).then(() => this.focus());
  }

  find(text: string, options: Pick<ISearchOptions, 'regex' | 'wholeWord' | 'caseSensitive'>, way: 'next' | 'previous' | 'typed'): boolean {
    const { colors } = themeOf(this.#settings.theme, true);
    const how: ISearchOptions = { ...options, incremental: way === 'typed', decorations: { matchBackground: '#5a4a12', activeMatchBackground: '#b8860b', matchOverviewRuler: colors.yellow, activeMatchColorOverviewRuler: colors.cursor } };
    if (text === '') { this.endSearch(); return true; }
    // The add-on keeps what it found for a text, also where it is looked for in another way by now.
    if (way === 'typed') this.#search.clearDecorations();
    // A pattern that is not finished yet is no error.
    try { return way === 'previous' ? this.#search.findPrevious(text, how) : this.#search.findNext(text, how); } catch { this.note({ found: undefined }); return false; }
  }
  endSearch(): void {
    this.#search.clearDecorations();
    this.note({ found: undefined });
  }

  focus(): void { this.#focused = true; this.#term.focus(); }
  blur(): void { this.#focused = false; }
  clear(): void { this.#term.clear(); }
  selectAll(): void { this.#term.selectAll(); }
  get selection(): string { return this.#term.getSelection(); }
  async copy(): Promise<boolean> {
    const { selection } = this;
    if (selection === '') return false;
    const done = await copyText(selection);
    this.focus();
    return done;
  }

  apply(settings: TerminalSettings, dark: boolean): void {
    const font = `${settings.size}px ${FONT_FAMILIES[settings.font]}`;
    this.#settings = settings;
    const set = (): void => {
      if (this.#disposed || this.#settings !== settings) return;
      Object.assign(this.#term.options, this.#options(settings, dark));
      this.#measureSoon();
    };
    if (document.fonts.check(font)) set();
    else void document.fonts.load(font).then(set, set);
  }
  label(text: string): void {
    this.#label = text;
    this.#term.textarea?.setAttribute('aria-label', text);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#measuring);
    for (const stop of this.#stops) stop();
    this.link.close();
    this.#sizes.disconnect();
    this.#term.dispose();
    this.element.remove();
  }

  #options(settings: TerminalSettings, dark: boolean): Partial<Xterm['options']> {
    const theme = themeOf(settings.theme, dark);
    this.element.style.backgroundColor = theme.colors.background;
    return {
      theme: { ...theme.colors }, fontFamily: FONT_FAMILIES[settings.font], fontSize: settings.size, scrollback: settings.scrollback, screenReaderMode: settings.screenReader, cursorStyle: settings.cursor,
      minimumContrastRatio: theme.id.startsWith('high-contrast') ? 7 : LEAST_CONTRAST,
    };
  }

  #inTurn(act: () => void): void {
    if (!this.#disposed) this.#term.write(EMPTY_BYTES, act);
  }

  #typed(data: string): void {
    if (REPORT.test(data)) return void this.link.input(data);
    const { ctrl, alt } = this.notes.get();
    if (ctrl || alt) this.note({ ctrl: false, alt: false });
    this.type(withModifiers(data, { ctrl, alt }));
  }

  /** @returns false: not for the shell */
  #key(event: KeyboardEvent): boolean {
    const name = shortcutOf(event);
    if (name !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      if (event.type === 'keydown') this.host.shortcut(this.session, name);
      return false;
    }
    if (event.type !== 'keydown' || event.ctrlKey || event.altKey || event.metaKey) return true;
    const { state } = this.link.status.get();
    if (state === 'reconnecting' && event.key.toLowerCase() === 'r') { this.link.reconnectNow(); return false; }
    if (state === 'ended' && event.key === 'Enter') { this.host.another(this.session); return false; }
    return true;
  }

  #follow(text: string): void {
    const target = linkTarget(text);
    if (target !== undefined) window.open(target, '_blank', 'noopener,noreferrer');
  }

  #wantsClipboard(text: string): void {
    if (this.link.status.get().state === 'replaying') return;
    if (this.#mayWriteClipboard === true) void copyText(text).then(() => this.focus());
    else if (this.#mayWriteClipboard === undefined) this.note({ clipboard: text });
  }

  #copySelected(): void {
    if (!this.#settings.copyOnSelect || !this.#term.hasSelection()) return;
    clearTimeout(this.#copying);
    this.#copying = setTimeout(() => void this.copy(), 150);
  }
  #copying: ReturnType<typeof setTimeout> | undefined;

  #measureSoon(): void {
    clearTimeout(this.#measuring);
    this.#measuring = setTimeout(() => {
      const size = this.#opened && this.element.isConnected && this.element.clientWidth > 0 ? this.#fit.proposeDimensions() : undefined;
      // A screen larger than its window (somebody else's size) shows where it goes on.
      this.element.scrollTop = this.element.scrollHeight;
      if (size && Number.isFinite(size.cols) && Number.isFinite(size.rows)) this.link.resize(Math.min(1_000, Math.max(2, size.cols)), Math.min(500, Math.max(1, size.rows)));
    }, CELLS_MS);
  }
}
