export interface Size { readonly cols: number; readonly rows: number }
export interface Sizer { readonly now: Size; want(size: Size): void; stop(): void }

/** A window that is dragged sends a hundred sizes a second; programs redraw for each. ms */
const APART = 50;
const MOST = { cols: 1_000, rows: 500 } as const;
const LEAST = { cols: 2, rows: 1 } as const;

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, Math.round(value)));

/** Applies a size at once, and of many that follow soon the last. */
export const sizer = (first: Size, apply: (size: Size) => void): Sizer => {
  let now = first;
  let wanted = first;
  let last = -APART;
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    timer = undefined;
    if (wanted.cols === now.cols && wanted.rows === now.rows) return;
    now = wanted;
    last = performance.now();
    apply(now);
  };
  return {
    get now() { return now; },
    want({ cols, rows }) {
      wanted = { cols: within(cols, LEAST.cols, MOST.cols), rows: within(rows, LEAST.rows, MOST.rows) };
      const wait = last + APART - performance.now();
      if (wait <= 0) settle();
      else timer ??= setTimeout(settle, wait).unref();
    },
    stop: () => clearTimeout(timer),
  };
};
