/** How many rows on the screen lines take, and which line is at which row. Pure. Without wrapping a line is a row; with it, as many as its columns need. */

/** So many lines are one step of the sums. */
const GROUP = 256;

export interface Lines {
  /** Shown lines. */
  readonly count: number;
  /** Columns of the shown lines from an index up to another, in order. */
  eachColumns(from: number, to: number, take: (columns: number) => void): void;
}

export class LogLayout {
  /** Rows before each group. */
  #before: number[] = [0];
  #counted = 0;
  /** Rows of lines that were opened, or that the browser made otherwise; by their index. */
  readonly #others: ReadonlyMap<number, number>;

  /** @param width columns on the screen; 0: nothing is wrapped. @param most columns that are shown of a line at most */
  constructor(private readonly lines: Lines, readonly width: number, private readonly most: number, others: ReadonlyMap<number, number> = new Map()) {
    this.#others = others;
    this.grow();
  }

  get count(): number { return this.#counted; }
  get rows(): number { return this.width === 0 && this.#others.size === 0 ? this.#counted : this.#before.at(-1) ?? 0; }

  /** There are more lines at the end. */
  grow(): void {
    if (this.width === 0 && this.#others.size === 0) { this.#counted = this.lines.count; return; }
    // The last group may have been counted in part.
    let group = Math.floor(this.#counted / GROUP);
    this.#before.length = group + 1;
    const { count } = this.lines;
    for (let at = group * GROUP; at < count; at += GROUP, group++) {
      let rows = this.#before[group] ?? 0;
      let index = at;
      this.lines.eachColumns(at, Math.min(count, at + GROUP), columns => { rows += this.#others.get(index++) ?? this.#rowsOf(columns); });
      this.#before[group + 1] = rows;
    }
    this.#counted = count;
  }

  /** There are fewer lines at the end, as when the view is held. */
  shrink(): void {
    this.#counted = Math.floor(Math.min(this.#counted, this.lines.count) / GROUP) * GROUP;
    this.grow();
  }

  /** Rows before a line. */
  topOf(index: number): number {
    if (this.width === 0 && this.#others.size === 0) return index;
    const group = Math.floor(index / GROUP);
    let rows = this.#before[group] ?? this.rows;
    let at = group * GROUP;
    this.lines.eachColumns(at, Math.min(index, this.#counted), (columns) => { rows += this.#others.get(at++) ?? this.#rowsOf(columns); });
    return rows;
  }

  rowsAt(index: number): number {
    let rows = 1;
    this.lines.eachColumns(index, index + 1, columns => { rows = this.#others.get(index) ?? this.#rowsOf(columns); });
    return rows;
  }

  /** The line that is at a row. */
  indexAt(row: number): number {
    if (this.#counted === 0) return 0;
    if (this.width === 0 && this.#others.size === 0) return Math.min(Math.max(0, Math.floor(row)), this.#counted - 1);
    let [low, high] = [0, this.#before.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#before[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    let rows = this.#before[low] ?? 0;
    let index = low * GROUP;
    let found = Math.min(this.#counted, index + GROUP) - 1;
    let done = false;
    this.lines.eachColumns(index, found + 1, (columns) => {
      if (done) return;
      rows += this.#others.get(index) ?? this.#rowsOf(columns);
      if (rows > row) { found = index; done = true; }
      index++;
    });
    return Math.max(0, found);
  }

  #rowsOf(columns: number): number {
    return this.width === 0 ? 1 : Math.max(1, Math.ceil(Math.min(columns, this.most) / this.width));
  }
}
