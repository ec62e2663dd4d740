/** Everything that can be gone to or begun, and what of it fits what somebody types. Pure. */
import type { LucideIcon } from 'lucide-react';
import type { ThingAddress } from '../lib/thing-link.js';

export const KINDS = ['recent', 'place', 'new', 'server', 'application', 'zone', 'record', 'member', 'role', 'terminal', 'recording', 'notice', 'key', 'id'] as const;
export type Kind = (typeof KINDS)[number];

export interface Entry {
  /** `server 01…`: the same from day to day, for what was recent. */
  readonly key: string;
  readonly kind: Kind;
  readonly label: string;
  /** What it is, or where. */
  readonly hint: string;
  readonly to: ThingAddress;
  /** Found by these too: addresses, ids, other names. */
  readonly words?: readonly string[];
  /** Of its own; else that of its kind. */
  readonly icon?: LucideIcon;
  /** Keys that do the same. */
  readonly keys?: readonly string[];
}

export interface Group { readonly kind: Kind; readonly entries: readonly Entry[] }

/** So many of one kind, and of all. */
const PER_KIND = 6;
const MOST = 40;
const RECENT_SHOWN = 6;

const isStart = (text: string, wanted: string): boolean => text.startsWith(wanted) || [' ', '-', '.', '/', '@', '_'].some(sign => text.includes(`${sign}${wanted}`));

/** How well one text fits one word: all of it, its start, the start of a word in it, anywhere. 0: not at all. */
const fit = (text: string, wanted: string): number => (text === wanted ? 5 : text.startsWith(wanted) ? 4 : isStart(text, wanted) ? 3 : text.includes(wanted) ? 2 : 0);

const inOrder = (text: string, wanted: string): boolean => {
  let at = -1;
  for (const letter of wanted) { at = text.indexOf(letter, at + 1); if (at < 0) return false; }
  return true;
};

/** Every word must fit somewhere; in the name it counts more than beside it. 0: it does not fit. */
export const score = ({ label, hint, words = [] }: Pick<Entry, 'label' | 'hint' | 'words'>, query: string): number => {
  const name = label.toLowerCase();
  const beside = [hint, ...words].map(w => w.toLowerCase());
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of wanted) {
    const best = Math.max(fit(name, word) * 3, ...beside.map(text => fit(text, word) * 2));
    if (best === 0) return wanted.length === 1 && word.length > 1 && inOrder(name, word) ? 1 : 0;
    sum += best;
  }
  return sum / Math.max(1, wanted.length) + fit(name, query.trim().toLowerCase());
};

/** Without words: what was recent, then places, then what can be begun. With words: by kind, the kind of the best first. */
export const search = (entries: readonly Entry[], query: string, recent: readonly string[]): readonly Group[] => {
  if (query.trim() === '') {
    const known = new Map(entries.map(e => [e.key, e]));
    const groups = [
      { kind: 'recent' as const, entries: recent.flatMap(key => known.get(key) ?? []).slice(0, RECENT_SHOWN) },
      { kind: 'place' as const, entries: entries.filter(e => e.kind === 'place') }, { kind: 'new' as const, entries: entries.filter(e => e.kind === 'new' && !e.key.startsWith('terminal-on ')) },
    ];
    return groups.filter(g => g.entries.length > 0);
  }
  const found = entries.map((entry, i) => ({ entry, i, score: score(entry, query) })).filter(f => f.score > 0)
    // What was used lately comes before its equals.
    .map(f => ({ ...f, score: f.score + (recent.includes(f.entry.key) ? 1 : 0) })).sort((a, b) => b.score - a.score || a.i - b.i);
  const groups = new Map<Kind, Entry[]>();
  for (const { entry } of found) {
    const group = groups.get(entry.kind) ?? [];
    if (group.length < PER_KIND) groups.set(entry.kind, [...group, entry]);
  }
  let room = MOST;
  return [...groups].flatMap(([kind, list]) => {
    const shown = list.slice(0, room);
    room -= shown.length;
    return shown.length === 0 ? [] : [{ kind, entries: shown }];
  });
};

const ULID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const HEX32 = /^[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TOKEN = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*\.[A-Za-z0-9_-]+$/;

/** An id that somebody pasted: `thing` as `vps.server.<id>`, otherwise any id. Undefined: it is none. */
export const readPasted = (text: string): { readonly id: string } | { readonly thing: string } | undefined => {
  const pasted = text.trim();
  if (TOKEN.test(pasted) && pasted.split('.').length === 3 && (ULID.test(pasted.split('.')[2]?.toLowerCase() ?? '') || HEX32.test(pasted.split('.')[2] ?? ''))) return { thing: pasted };
  const id = pasted.toLowerCase();
  return ULID.test(id) || HEX32.test(id) || UUID.test(id) ? { id } : undefined;
};
