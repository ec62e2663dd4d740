/** Which tiles the dashboard has, in which order: what was stored, with what is new since. Pure. */

/** `wide`: over the whole width. In their first order. */
export const TILES = ['running', 'servers', 'applications', 'alerts', 'domains', 'costs', 'events', 'next'] as const;
export type TileKey = (typeof TILES)[number];
export const WIDE: ReadonlySet<TileKey> = new Set<TileKey>(['running']);

export interface Layout { readonly order: readonly TileKey[]; readonly hidden: readonly TileKey[] }
export const DEFAULT_LAYOUT: Layout = { order: TILES, hidden: [] };

const keysIn = (value: unknown): readonly TileKey[] => (Array.isArray(value) ? TILES.filter(key => value.includes(key)).sort((a, b) => value.indexOf(a) - value.indexOf(b)) : []);

/** Of what is stored; tiles that it does not know yet come where they are by default. */
export const readLayout = (stored: unknown): Layout => {
  const given = (typeof stored === 'object' && stored !== null ? stored : {}) as { readonly order?: unknown; readonly hidden?: unknown };
  const order = [...keysIn(given.order)];
  for (const [i, key] of TILES.entries()) {
    if (order.includes(key)) continue;
    const before = TILES[i - 1];
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, key);
  }
  return { order, hidden: keysIn(given.hidden) };
};

export const shownTiles = ({ order, hidden }: Layout): readonly TileKey[] => order.filter(key => !hidden.includes(key));

/** To where another shown tile is now. */
export const moveTo = (layout: Layout, key: TileKey, target: TileKey): Layout => {
  if (key === target) return layout;
  const from = layout.order.indexOf(key);
  const to = layout.order.indexOf(target);
  const order = layout.order.filter(k => k !== key);
  order.splice(order.indexOf(target) + (from < to ? 1 : 0), 0, key);
  return { ...layout, order };
};

/** One place on (1) or back (-1) among those that are shown. */
export const moveBy = (layout: Layout, key: TileKey, by: 1 | -1): Layout => {
  const shown = shownTiles(layout);
  const target = shown[shown.indexOf(key) + by];
  return target === undefined ? layout : moveTo(layout, key, target);
};

export const hide = (layout: Layout, key: TileKey): Layout => ({ ...layout, hidden: layout.hidden.includes(key) ? layout.hidden : [...layout.hidden, key] });
export const show = (layout: Layout, key: TileKey): Layout => ({ ...layout, hidden: layout.hidden.filter(k => k !== key) });

export type Band = { readonly wide: TileKey } | { readonly columns: readonly (readonly TileKey[])[] };
/** Wide tiles stand alone, the others between them side by side: the first left, the second right, and so on, without holes. */
export const bandsOf = (tiles: readonly TileKey[], columns: number): readonly Band[] => {
  const bands: Band[] = [];
  let run: TileKey[] = [];
  const close = (): void => {
    const tilesOfRun = run;
    if (tilesOfRun.length > 0) bands.push({ columns: Array.from({ length: columns }, (_, c) => tilesOfRun.filter((__, i) => i % columns === c)) });
    run = [];
  };
  for (const key of tiles) {
    if (WIDE.has(key)) { close(); bands.push({ wide: key }); } else run.push(key);
  }
  close();
  return bands;
};
