/** What keys do outside of fields and terminals: one table, for the keys themselves and for the sheet that shows them. Pure. */
import { INSTALLATION } from '@xanthus/proto';
import { t } from '../texts/text.js';
import { placesOf, type Place } from './nav.js';

/** Where a shortcut leads, or what it opens. */
export type Deed = { readonly go: Place['to'] | '/servers/new' | '/servers/adopt' | '/catalog' | '/roles/new' } | { readonly terminal: 'new' } | { readonly open: 'palette' | 'help' };
export interface Shortcut { /** One after the other. */ readonly keys: readonly string[]; readonly text: string; readonly group: string; readonly deed: Deed }

const ANYWHERE = t('Anywhere');
const GO = t('Go to');
const NEW = t('New');

const MAKE: readonly Shortcut[] = [
  { keys: ['n', 's'], text: t('Make a server'), group: NEW, deed: { go: '/servers/new' } },
  { keys: ['n', 'm'], text: t('Adopt a server'), group: NEW, deed: { go: '/servers/adopt' } },
  { keys: ['n', 'a'], text: t('Deploy an application'), group: NEW, deed: { go: '/catalog' } },
  { keys: ['n', 't'], text: t('Open a terminal'), group: NEW, deed: { terminal: 'new' } },
  { keys: ['n', 'r'], text: t('Define a role'), group: NEW, deed: { go: '/roles/new' } },
];

export const shortcutsOf = (tenant: string): readonly Shortcut[] => [
  { keys: ['/'], text: t('Search everything, or start something'), group: ANYWHERE, deed: { open: 'palette' } },
  { keys: ['?'], text: t('These shortcuts'), group: ANYWHERE, deed: { open: 'help' } },
  ...(tenant === INSTALLATION ? [] : MAKE),
  ...placesOf(tenant).flatMap((place): Shortcut[] => ('keys' in place ? [{ keys: ['g', place.keys], text: place.label, group: GO, deed: { go: place.to } }] : [])),
];

/** How long the second key may take, ms. */
const PATIENCE = 1_500;
/** The keys that began a shortcut, and when. */
export interface Begun { readonly keys: readonly string[]; readonly at: number }
export const NOTHING: Begun = { keys: [], at: 0 };

/** A key was pressed. Pure. @returns what has begun, and what is to be done */
export const press = (table: readonly Shortcut[], begun: Begun, key: string, now: number): { readonly begun: Begun; readonly deed?: Deed } => {
  const fresh = now - begun.at <= PATIENCE ? begun.keys : [];
  const after = (keys: readonly string[]): readonly Shortcut[] => table.filter(s => keys.every((each, i) => s.keys[i] === each));
  // What does not go on may begin.
  for (const keys of fresh.length > 0 ? [[...fresh, key], [key]] : [[key]]) {
    const fitting = after(keys);
    const whole = fitting.find(s => s.keys.length === keys.length);
    if (whole) return { begun: NOTHING, deed: whole.deed };
    if (fitting.length > 0) return { begun: { keys, at: now } };
  }
  return { begun: NOTHING };
};

/** What is typed into, and what takes keys itself: a terminal, an editor, an open menu. */
const OWN_KEYS = 'input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"], [type="range"], [type="file"]), textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"], [role="combobox"], [role="menu"], [role="listbox"], .xterm, .terminal-host, [data-own-keys]';
/** Where something is open that must be answered first. */
const MODAL = '[role="dialog"], [role="alertdialog"]';

/** Is this key one for us? */
export const isOurs = (event: KeyboardEvent): boolean => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || event.key.length !== 1) return false;
  return !(event.target instanceof Element && event.target.closest(OWN_KEYS)) && document.querySelector(MODAL) === null;
};
