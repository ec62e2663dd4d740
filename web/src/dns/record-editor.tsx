import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { RecordInput, RecordIssue, RecordType, Zone } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field, SelectField } from '../ui/field.js';
import { checkRecords } from './dns.data.js';
import { draftOf, EMPTY_DRAFT, fullName, toInput, TTLS, TYPE_FIELDS, type FieldWords, type RecordDraft } from './record-model.js';
import { PROXIABLE, RECORD_TYPES } from './record-types.js';
import { useCheck } from './use-zone.js';

interface Props {
  readonly zone: Zone;
  /** What it is now; a new one without. */
  readonly input?: RecordInput | undefined;
  readonly label: string;
  readonly onSave: (input: RecordInput) => void;
  readonly onCancel: () => void;
}

/** One record as fields of its type; what is wrong shows beside the field, while it is typed. */
export const RecordEditor = ({ zone, input, label, onSave, onCancel }: Props): ReactNode => {
  const [draft, setDraft] = useState<RecordDraft>(() => (input ? draftOf(input, zone.name) : EMPTY_DRAFT));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const wish = toInput(draft);
  const client = useClient();
  const { issues, mayCheck } = useCheck(zone, wish);
  const change = (values: Partial<RecordDraft>): void => {
    setDraft({ ...draft, ...values });
    setTouched(new Set([...touched, ...Object.keys(values)]));
  };
  const wrong = (field: string): string | undefined => (touched.has(field) ? issues.find(i => i.field === field)?.message : undefined);
  const fields = TYPE_FIELDS[draft.type];
  const known = new Set<string>(['type', 'name', 'ttl', 'proxied', 'comment', 'tags', ...fields.map(f => f.field)]);
  const general = touched.size > 0 ? issues.filter(i => !known.has(i.field)) : [];
  // What stands there now is asked about once more: the answer while typing may be about what stood there a moment ago.
  const save = useMutation({
    mutationFn: async (): Promise<boolean> => !mayCheck || (await checkRecords(client, { records: [wish] }, zone.id)).issues.length === 0,
    onSuccess: fine => { if (fine) onSave(wish); else setTouched(known); },
    onError: () => onSave(wish),
  });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!save.isPending) save.mutate(); };
  const onKeyDown = (event: KeyboardEvent): void => { if (event.key === 'Escape') { event.stopPropagation(); onCancel(); } };
  const proxiable = PROXIABLE.has(draft.type);
  return (
    <form aria-label={label} onSubmit={submit} onKeyDown={onKeyDown} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-[8.5rem_minmax(0,1fr)_minmax(0,1.6fr)]">
        <SelectField label={t('Type')} autoFocus={!input} value={draft.type} problem={wrong('type')} onChange={e => change({ type: e.target.value as RecordType })}>{RECORD_TYPES.map(t => <option key={t}>{t}</option>)}</SelectField>
        <Field label={t('Name')} mono autoFocus={input !== undefined} autoComplete="off" placeholder={t('@ or www')} value={draft.name} problem={wrong('name')} hint={fullName(draft.name, zone.name)} onChange={e => change({ name: e.target.value })} />
        <div className={fields.length > 1 ? 'grid grid-cols-[repeat(auto-fit,minmax(5.5rem,1fr))] gap-3 [&>:last-child]:min-w-40' : 'grid'}>
          {fields.map(f => <DataInput key={f.field} of={f} value={draft[f.field]} problem={wrong(f.field)} onChange={value => change({ [f.field]: value })} />)}
        </div>
      </div>
      <div className="grid gap-3 sm:grid-cols-[8.5rem_minmax(0,1fr)_minmax(0,1.6fr)]">
        <SelectField label="TTL" value={draft.proxied && proxiable ? '1' : draft.ttl} disabled={draft.proxied && proxiable} problem={wrong('ttl')} onChange={e => change({ ttl: e.target.value })}>
          {TTLS.map(([seconds, text]) => <option key={seconds} value={seconds}>{text}</option>)}{TTLS.every(([s]) => String(s) !== draft.ttl) && <option value={draft.ttl}>{draft.ttl} s</option>}
        </SelectField>
        <Field label={t('Comment')} autoComplete="off" value={draft.comment} problem={wrong('comment')} onChange={e => change({ comment: e.target.value })} />
        {zone.plan === 'free' ? <Proxied draft={draft} proxiable={proxiable} problem={wrong('proxied')} onChange={proxied => change({ proxied })} />
          : <div className="grid gap-3 sm:grid-cols-2"><Field label={t('Tags')} autoComplete="off" placeholder={t('team:web, …')} value={draft.tags} problem={wrong('tags')} onChange={e => change({ tags: e.target.value })} /><Proxied draft={draft} proxiable={proxiable} problem={wrong('proxied')} onChange={proxied => change({ proxied })} /></div>}
      </div>
      {general.map(issue => <p key={issue.code + issue.message} role="alert" className="text-[13px] text-bad">{issue.message}</p>)}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="mr-auto text-[12px] text-ink-3">{t('Nothing is changed before a plan is applied.')}</p>
        <Button size="sm" onClick={onCancel}>{t('Cancel')}</Button><Button size="sm" kind="primary" type="submit" busy={save.isPending}>{input ? t('Keep change') : t('Add to changes')}</Button>
      </div>
    </form>
  );
};

const DataInput = ({ of: { label, kind, placeholder, choices }, value, problem, onChange }: { readonly of: FieldWords; readonly value: string; readonly problem: string | undefined; readonly onChange: (value: string) => void }): ReactNode =>
  kind === 'choice' ? <SelectField label={label} value={value} problem={problem} onChange={e => onChange(e.target.value)}>{choices?.map(([key, text]) => <option key={key} value={key}>{text}</option>)}</SelectField>
    : <Field label={label} mono autoComplete="off" inputMode={kind === 'number' ? 'numeric' : undefined} placeholder={placeholder} value={value} problem={problem} onChange={e => onChange(e.target.value)} />;

const Proxied = ({ draft, proxiable, problem, onChange }: { readonly draft: RecordDraft; readonly proxiable: boolean; readonly problem: string | undefined; readonly onChange: (proxied: boolean) => void }): ReactNode => (
  <div className="grid content-end gap-1 pb-1.5">
    {proxiable ? <label className="flex items-center gap-2 text-[13px]"><input type="checkbox" checked={draft.proxied} onChange={e => onChange(e.target.checked)} className="size-4 accent-accent" />{t('Proxied: traffic passes Cloudflare')}</label>
      : <p className="text-[13px] text-ink-3">{t('{type} records are not proxied.', { type: draft.type })}</p>}
    {problem && <p role="alert" className="text-[13px] text-bad">{problem}</p>}
  </div>
);

/** What is wrong with one wish, as a refused plan says it. */
export const Issues = ({ issues }: { readonly issues: readonly RecordIssue[] }): ReactNode =>
  issues.length > 0 && <ul className="list-none text-[12px] text-bad">{issues.map(i => <li key={`${i.line ?? ''}${i.code}${i.message}`}>{i.line !== undefined && `${t('Line {line}:', { line: i.line })} `}{i.name && i.at === undefined && i.line === undefined && `${i.name}: `}{i.message}</li>)}</ul>;
