import { clsx } from 'clsx';
import { Search, X } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { readThing, thingWord } from '../lib/thing-link.js';
import { shortId } from '../lib/format.js';
import { t } from '../texts/text.js';
import { inputClass } from '../ui/field.js';
import { isEmpty, type AuditFilter } from './filter.js';
import { AUDITED, type Audited } from './streams.js';
import type { Sentences } from './use-sentences.js';
import { EVENT_WORDS, spelledType } from './words/index.js';

const SERVICE_WORDS: Readonly<Record<Audited, string>> = { applications: t('Applications'), auth: t('People and rights'), dns: t('Domains'), notifications: t('Notifications'), terminals: t('Terminals and files'), vps: t('Servers') };
export const serviceWord = (service: Audited): string => SERVICE_WORDS[service];
/** Of every service; a name may be one of several. */
const TYPES = [...new Set(AUDITED.flatMap(s => Object.keys(EVENT_WORDS[s] ?? {}).map(key => key.split('.')[1] ?? '')))].toSorted();
const typesOf = (service: Audited | undefined): readonly string[] => (service ? [...new Set(Object.keys(EVENT_WORDS[service] ?? {}).map(key => key.split('.')[1] ?? ''))].toSorted() : TYPES);
/** A pause after which a search begins, ms: each letter would be another look through all. */
const PAUSE = 300;

const two = (n: number): string => String(n).padStart(2, '0');
/** What a field for a moment holds, in this machine's time. */
const toField = (iso: string | undefined): string => { if (!iso) return ''; const d = new Date(iso); return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`; };
const fromField = (text: string): string | undefined => (text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined);

interface Props { readonly filter: AuditFilter; readonly sentences: Sentences; readonly set: (change: { readonly [K in keyof AuditFilter]?: AuditFilter[K] | undefined }) => void; readonly clear: () => void }
const selectClass = clsx(inputClass, 'h-8 !w-auto max-w-48 pr-7 text-[13px]');

export const FilterBar = ({ filter, sentences, set, clear }: Props): ReactNode => {
  const [q, setQ] = useState(filter.q ?? '');
  const { q: kept } = filter;
  const [before, setBefore] = useState(kept);
  if (before !== kept) { setBefore(kept); setQ(kept ?? ''); }
  useEffect(() => {
    if (q === (kept ?? '')) return;
    const timer = setTimeout(() => set({ q: q || undefined }), PAUSE);
    return () => clearTimeout(timer);
  }, [q, kept, set]);
  const people = [...sentences.people].toSorted(([, a], [, b]) => a.localeCompare(b));
  const thing = readThing(filter.thing);
  return (
    <div role="search" aria-label={t('Filter')} className="mb-3 flex flex-wrap items-center gap-2">
      <label className="relative w-full sm:w-56"><Search aria-hidden className="pointer-events-none absolute left-2.5 top-2 size-4 text-ink-3" />
        <input type="search" aria-label={t('Search events')} placeholder={t('Search')} value={q} onChange={e => setQ(e.target.value)} className={clsx(inputClass, 'h-8 pl-8')} /></label>
      <select aria-label={t('Who')} value={filter.actor ?? ''} onChange={e => set({ actor: e.target.value || undefined })} className={selectClass}>
        <option value="">{t('Everybody')}</option>
        {people.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
        {filter.actor && !sentences.people.has(filter.actor) && <option value={filter.actor}>{shortId(filter.actor)}</option>}
      </select>
      <select aria-label={t('Service')} value={filter.service ?? ''} onChange={e => set({ service: AUDITED.find(s => s === e.target.value), type: undefined })} className={selectClass}>
        <option value="">{t('All services')}</option>
        {AUDITED.map(s => <option key={s} value={s}>{SERVICE_WORDS[s]}</option>)}
      </select>
      <select aria-label={t('Type')} value={filter.type ?? ''} onChange={e => set({ type: e.target.value || undefined })} className={selectClass}>
        <option value="">{t('All types')}</option>
        {[...new Set([...(filter.type ? [filter.type] : []), ...typesOf(filter.service)])].map(type => <option key={type} value={type}>{spelledType(type)}</option>)}
      </select>
      <label className="flex items-center gap-1.5 text-[13px] text-ink-3">{t('From')}<input type="datetime-local" value={toField(filter.from)} onChange={e => set({ from: fromField(e.target.value) })} className={clsx(inputClass, 'h-8 !w-auto text-[13px]')} /></label>
      <label className="flex items-center gap-1.5 text-[13px] text-ink-3">{t('To')}<input type="datetime-local" value={toField(filter.to)} onChange={e => set({ to: fromField(e.target.value) })} className={clsx(inputClass, 'h-8 !w-auto text-[13px]')} /></label>
      {thing && <Chip label={thing.aggregate ? `${thingWord({ service: thing.service, aggregate: thing.aggregate })} ${thing.id ? sentences.names.name({ service: thing.service, aggregate: thing.aggregate, id: thing.id }) ?? shortId(thing.id) : ''}`.trim() : thing.service} onRemove={() => set({ thing: undefined })} />}
      {filter.correlation && <Chip label={t('Course {id}', { id: shortId(filter.correlation) })} onRemove={() => set({ correlation: undefined })} />}
      {!isEmpty(filter) && <button type="button" onClick={clear} className="text-[13px] text-accent-ink underline underline-offset-2">{t('Show everything')}</button>}
    </div>
  );
};

const Chip = ({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }): ReactNode => (
  <span className="inline-flex h-8 items-center gap-1 rounded-md border border-accent bg-accent-wash pl-2.5 pr-1 text-[13px]">{label}
    <button type="button" aria-label={t('Do not filter by {label}', { label })} onClick={onRemove} className="grid size-7 place-items-center rounded text-ink-2 hover:text-ink"><X aria-hidden className="size-3.5" /></button>
  </span>
);
