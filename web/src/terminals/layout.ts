/** Tabs, and panes within a tab: a tree of splits. Values, written into the address: `id.h50(id~v30(id~id)).id`, the active tab marked by `*`. Pure. */

export type Direction = 'h' | 'v';
export type Pane = { readonly kind: 'leaf'; readonly session: string } | { readonly kind: 'split'; readonly direction: Direction; /** Of the first, percent. */ readonly share: number; readonly first: Pane; readonly second: Pane };
export interface Layout { readonly tabs: readonly Pane[]; readonly active: number; /** The pane that has the keyboard. */ readonly focus: string | undefined }

export const EMPTY: Layout = { tabs: [], active: 0, focus: undefined };
export const leaf = (session: string): Pane => ({ kind: 'leaf', session });
/** A part narrower than that holds no terminal. */
const LEAST = 10;
export const MOST_PANES = 16;

export const sessionsIn = (pane: Pane): readonly string[] => (pane.kind === 'leaf' ? [pane.session] : [...sessionsIn(pane.first), ...sessionsIn(pane.second)]);
export const sessionsOf = (layout: Layout): readonly string[] => layout.tabs.flatMap(sessionsIn);
const tabOf = (layout: Layout, session: string): number => layout.tabs.findIndex(t => sessionsIn(t).includes(session));

const bound = (share: number): number => Math.round(Math.min(100 - LEAST, Math.max(LEAST, share)));

/** Shows a session: where it is already, else in a tab of its own. */
export const show = (layout: Layout, session: string): Layout => {
  const at = tabOf(layout, session);
  if (at >= 0) return { ...layout, active: at, focus: session };
  return sessionsOf(layout).length >= MOST_PANES ? layout : { tabs: [...layout.tabs, leaf(session)], active: layout.tabs.length, focus: session };
};

/** Puts a session beside another one. One that is shown elsewhere moves. */
export const split = (layout: Layout, beside: string, direction: Direction, session: string): Layout => {
  if (beside === session || tabOf(layout, beside) < 0) return layout;
  const without = tabOf(layout, session) < 0 ? layout : hide(layout, session);
  if (sessionsOf(without).length >= MOST_PANES) return layout;
  const put = (pane: Pane): Pane => (pane.kind === 'leaf'
    ? pane.session === beside ? { kind: 'split', direction, share: 50, first: pane, second: leaf(session) } : pane
    : { ...pane, first: put(pane.first), second: put(pane.second) });
  const tabs = without.tabs.map(put);
  return { tabs, active: tabs.findIndex(t => sessionsIn(t).includes(session)), focus: session };
};

const without = (pane: Pane, session: string): Pane | undefined => {
  if (pane.kind === 'leaf') return pane.session === session ? undefined : pane;
  const [first, second] = [without(pane.first, session), without(pane.second, session)];
  return first && second ? { ...pane, first, second } : first ?? second;
};

/** Takes a session out of sight; it goes on. */
export const hide = (layout: Layout, session: string): Layout => {
  const at = tabOf(layout, session);
  if (at < 0) return layout;
  const rest = without(layout.tabs[at] as Pane, session);
  const tabs = rest ? layout.tabs.with(at, rest) : layout.tabs.toSpliced(at, 1);
  const active = Math.max(0, Math.min(rest || at > layout.active ? layout.active : layout.active - (at < layout.active ? 1 : 0), tabs.length - 1));
  return { tabs, active, focus: layout.focus === session ? sessionsIn(tabs[active] ?? leaf('')).find(Boolean) : layout.focus };
};

/** `path`: which of both at each split, `0` or `1`, from the root of the active tab. */
export const resize = (layout: Layout, path: string, share: number): Layout => {
  const set = (pane: Pane, way: string): Pane => {
    if (pane.kind === 'leaf') return pane;
    if (way === '') return { ...pane, share: bound(share) };
    return way[0] === '0' ? { ...pane, first: set(pane.first, way.slice(1)) } : { ...pane, second: set(pane.second, way.slice(1)) };
  };
  return { ...layout, tabs: layout.tabs.map((t, i) => (i === layout.active ? set(t, path) : t)) };
};

export const activate = (layout: Layout, tab: number): Layout => {
  const pane = layout.tabs[tab];
  return pane === undefined ? layout : { ...layout, active: tab, focus: sessionsIn(pane).includes(layout.focus ?? '') ? layout.focus : sessionsIn(pane)[0] };
};
/** The next tab, or the one before; around the ends. */
export const step = (layout: Layout, by: 1 | -1): Layout => (layout.tabs.length === 0 ? layout : activate(layout, (layout.active + by + layout.tabs.length) % layout.tabs.length));
/** The next pane of the active tab. */
export const nextPane = (layout: Layout, by: 1 | -1 = 1): Layout => {
  const all = sessionsIn(layout.tabs[layout.active] ?? leaf(''));
  const at = all.indexOf(layout.focus ?? '');
  return { ...layout, focus: all[(at + by + all.length) % all.length] || undefined };
};
export const focusOn = (layout: Layout, session: string): Layout => (layout.focus === session ? layout : { ...layout, focus: session, active: Math.max(0, tabOf(layout, session)) });
/** A tab for each pane: where there is room for one only. */
export const flat = (layout: Layout): Layout => {
  const all = sessionsOf(layout);
  return { tabs: all.map(leaf), active: Math.max(0, all.indexOf(layout.focus ?? '')), focus: layout.focus };
};
export const moveTab = (layout: Layout, from: number, to: number): Layout => {
  const pane = layout.tabs[from];
  if (pane === undefined || to < 0 || to >= layout.tabs.length || from === to) return layout;
  const tabs = layout.tabs.toSpliced(from, 1).toSpliced(to, 0, pane);
  const open = layout.tabs[layout.active] as Pane;
  return { ...layout, tabs, active: tabs.indexOf(open) };
};

const write = (pane: Pane): string => (pane.kind === 'leaf' ? pane.session : `${pane.direction}${pane.share}(${write(pane.first)}~${write(pane.second)})`);
export const writeLayout = (layout: Layout): string | undefined => (layout.tabs.length === 0 ? undefined : layout.tabs.map((t, i) => `${i === layout.active ? '*' : ''}${write(t)}`).join('.'));

/** What can't be read is left out, not an error. */
export const readLayout = (text: unknown): Layout => {
  if (typeof text !== 'string' || text.length > 2_000) return EMPTY;
  const seen = new Set<string>();
  let tabs: Pane[] = [];
  let active = 0;
  for (const part of text.split('.')) {
    const [pane, rest] = readPane(part.replace(/^\*/, ''), seen);
    if (pane === undefined || rest !== '') continue;
    if (part.startsWith('*')) active = tabs.length;
    tabs = [...tabs, pane];
  }
  if (seen.size > MOST_PANES) return EMPTY;
  return tabs.length === 0 ? EMPTY : activate({ tabs, active: 0, focus: undefined }, active);
};

const readPane = (text: string, seen: Set<string>): readonly [Pane | undefined, string] => {
  const head = /^([hv])(\d{1,2})\(/.exec(text);
  if (head === null) {
    const [session] = /^[a-z0-9]{1,64}/.exec(text) ?? [];
    if (session === undefined || seen.has(session)) return [undefined, ''];
    seen.add(session);
    return [leaf(session), text.slice(session.length)];
  }
  const [first, afterFirst] = readPane(text.slice(head[0].length), seen);
  if (first === undefined || !afterFirst.startsWith('~')) return [undefined, ''];
  const [second, afterSecond] = readPane(afterFirst.slice(1), seen);
  if (second === undefined || !afterSecond.startsWith(')')) return [undefined, ''];
  return [{ kind: 'split', direction: head[1] as Direction, share: bound(Number(head[2])), first, second }, afterSecond.slice(1)];
};
