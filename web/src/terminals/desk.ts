/** The terminals that this page holds, whichever of them is in sight; and who types into several at once. */
import { value, type Value } from '@xanthus/client';
import { LiveTerminal } from './live-terminal.js';
import type { Shortcut } from './keys.js';
import { terminalSettings, type TerminalSettings } from './settings.js';

export interface DeskHandlers { shortcut(session: string, name: Shortcut): void; another(session: string): void; up(): void }

export class Desk {
  readonly #open = new Map<string, LiveTerminal>();
  /** Sessions that get every key that is typed into one of them; undefined: nobody broadcasts. */
  readonly broadcast: Value<ReadonlySet<string> | undefined> = value<ReadonlySet<string> | undefined>(undefined);
  #handlers: DeskHandlers = { shortcut: () => undefined, another: () => undefined, up: () => undefined };
  #settings = terminalSettings.get();
  #dark = true;

  constructor(private readonly url: string, private readonly token: () => Promise<string>) {}

  get(session: string): LiveTerminal {
    const found = this.#open.get(session);
    if (found) return found;
    const made = new LiveTerminal(session, {
      url: this.url, token: this.token, typed: (from, data) => this.#typed(from, data),
      shortcut: (from, name) => this.#handlers.shortcut(from, name), another: from => this.#handlers.another(from), up: () => this.#handlers.up(),
    }, this.#settings, this.#dark);
    this.#open.set(session, made);
    return made;
  }
  peek(session: string): LiveTerminal | undefined {
    return this.#open.get(session);
  }

  /** Lets go of those that are shown nowhere any more; their sessions go on. */
  keep(sessions: readonly string[]): void {
    for (const [id, terminal] of this.#open) {
      if (sessions.includes(id)) continue;
      terminal.dispose();
      this.#open.delete(id);
    }
    const group = this.broadcast.get();
    if (group && [...group].some(id => !sessions.includes(id))) {
      const left = new Set([...group].filter(id => sessions.includes(id)));
      this.broadcast.set(left.size > 1 ? left : undefined);
    }
  }

  listen(handlers: DeskHandlers): void {
    this.#handlers = handlers;
  }

  apply(settings: TerminalSettings, dark: boolean): void {
    this.#settings = settings;
    this.#dark = dark;
    for (const terminal of this.#open.values()) terminal.apply(settings, dark);
  }

  /** The gateway is there again. */
  reconnectNow(): void {
    for (const terminal of this.#open.values()) terminal.link.reconnectNow();
  }

  close(): void {
    this.keep([]);
  }

  #typed(from: string, data: string): void {
    const group = this.broadcast.get();
    const all = group?.has(from) ? [...group] : [from];
    for (const id of all) this.#open.get(id)?.link.input(data);
  }
}
