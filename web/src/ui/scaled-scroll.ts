/**
 * Scrolling over more than a browser can make an element high (Firefox ends at 17.8 million px, others at 33). Pure.
 *
 * The box is at most `MOST` high. Near both ends, and for every small movement, one pixel is one pixel; only a leap (the scroll bar dragged, a page
 * of a hundred screens) goes by proportion. Between what is scrolled in the browser (`physical`) and what is meant (`virtual`) lies `offset`.
 */

/** Height of the box at most, px. */
export const MOST = 8_000_000;
/** So far from both ends nothing is squeezed, px. */
const EDGE = 200_000;
/** More screens than this at once are a leap. */
const LEAP = 4;

export interface Scale { /** What is meant to be so high, px. */ readonly total: number; /** What is in sight, px. */ readonly view: number; readonly most?: number }
export interface ScrollState { readonly physical: number; readonly offset: number }
export const AT_TOP: ScrollState = { physical: 0, offset: 0 };

export const heightOf = ({ total, most = MOST }: Scale): number => Math.min(total, most);
const ranges = (scale: Scale): { readonly virtual: number; readonly physical: number; readonly edge: number } => {
  const physical = Math.max(0, heightOf(scale) - scale.view);
  return { virtual: Math.max(0, scale.total - scale.view), physical, edge: Math.min(EDGE, physical / 4) };
};
const clamp = (value: number, most: number): number => Math.min(Math.max(0, value), most);

export const toVirtual = (scale: Scale, physical: number): number => {
  const r = ranges(scale);
  const p = clamp(physical, r.physical);
  if (r.virtual === r.physical || p <= r.edge) return p;
  if (p >= r.physical - r.edge) return r.virtual - (r.physical - p);
  return Math.round(r.edge + ((p - r.edge) * (r.virtual - 2 * r.edge)) / (r.physical - 2 * r.edge));
};

export const toPhysical = (scale: Scale, virtual: number): number => {
  const r = ranges(scale);
  const v = clamp(virtual, r.virtual);
  if (r.virtual === r.physical || v <= r.edge) return v;
  if (v >= r.virtual - r.edge) return r.physical - (r.virtual - v);
  return Math.round(r.edge + ((v - r.edge) * (r.physical - 2 * r.edge)) / (r.virtual - 2 * r.edge));
};

export const virtualOf = (scale: Scale, { physical, offset }: ScrollState): number => clamp(physical + offset, ranges(scale).virtual);

/** The browser scrolled to `physical`. */
export const scrolled = (scale: Scale, state: ScrollState, physical: number): ScrollState => {
  if (Math.abs(physical - state.physical) > LEAP * scale.view) return { physical, offset: toVirtual(scale, physical) - physical };
  const r = ranges(scale);
  const virtual = clamp(physical + state.offset, r.virtual);
  return { physical, offset: virtual - physical };
};

/** To a place: where the browser has to scroll to for it. */
export const placed = (scale: Scale, virtual: number): ScrollState => {
  const to = clamp(Math.round(virtual), ranges(scale).virtual);
  const physical = toPhysical(scale, to);
  return { physical, offset: to - physical };
};

/** At rest the bar shows where one is: the same place in sight, the physical one where it belongs. The same object when there is nothing to do. */
export const settled = (scale: Scale, state: ScrollState): ScrollState => {
  const next = placed(scale, virtualOf(scale, state));
  return next.physical === state.physical && next.offset === state.offset ? state : next;
};
