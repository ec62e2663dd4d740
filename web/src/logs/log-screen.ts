/** Where the lines of a model are on a screen of some width: reckoned once, grown with what comes, put right by what the browser made of it. Pure. */
import { LogLayout } from './layout.js';
import type { LogModel } from './log-model.js';

/** A line longer than this is cut until somebody opens it, columns. */
export const CUT = 600;

export class LogScreen {
  #layout: LogLayout | undefined;
  #columns = -1;
  #looking: object | undefined;
  #first: number | undefined;
  #measures = 0;
  /** Rows of lines that the browser broke otherwise than reckoned, by number. */
  #rows = new Map<number, number>();
  readonly #opened = new Set<number>();

  /** @param changed something is elsewhere now */
  constructor(readonly model: LogModel, private readonly changed: () => void) {}

  /** @param columns of the screen; 0: nothing is wrapped */
  layout(columns: number): LogLayout {
    const { model } = this;
    if (this.#columns !== columns) this.#rows.clear();
    const first = model.lineAt(0);
    if (!this.#layout || this.#columns !== columns || this.#looking !== model.looking || this.#first !== first || this.#measures !== model.store.measures) {
      const others = new Map([...this.#rows].flatMap(([line, rows]) => { const i = model.indexOf(line); return model.lineAt(i) === line ? [[i, rows] as const] : []; }));
      this.#layout = new LogLayout({ get count() { return model.count; }, eachColumns: model.eachColumns }, columns, CUT, others);
      this.#columns = columns;
      this.#looking = model.looking;
      this.#first = first;
      this.#measures = model.store.measures;
    } else if (this.#layout.count > model.count) this.#layout.shrink();
    else this.#layout.grow();
    return this.#layout;
  }

  isOpen(line: number): boolean { return this.#opened.has(line); }
  open(line: number): void {
    this.#opened.add(line);
    this.changed();
  }

  /** What the browser made: `[line, rows]` of those that are drawn. */
  measured(drawn: Iterable<readonly [number, number]>): void {
    const layout = this.#layout;
    if (!layout || layout.width === 0) return;
    let other = false;
    for (const [line, rows] of drawn) {
      const index = this.model.indexOf(line);
      if (rows <= 0 || this.model.lineAt(index) !== line || layout.rowsAt(index) === rows) continue;
      this.#rows.set(line, rows);
      other = true;
    }
    if (!other) return;
    this.#layout = undefined;
    this.changed();
  }
}
