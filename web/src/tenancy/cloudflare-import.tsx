import { useMutation } from '@tanstack/react-query';
import { Check, CircleAlert, CircleHelp, Clock } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { CloudflareAccount, ImportPreview } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { importFromCloudflare, previewCloudflareImport } from './tenancy.data.js';

type Item = ImportPreview['items'][number];
const STATES: Readonly<Record<Item['state'], readonly [icon: ReactNode, word: string]>> = {
  importable: [<Check key="i" aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />, t('will be taken')], later: [<Clock key="l" aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />, t('nothing here takes it yet')],
  unreadable: [<CircleAlert key="u" aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />, t('can’t be read')], unknown: [<CircleHelp key="k" aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" />, t('not known')],
};

/** What an older Xanthus left in the account: shown first, then taken. Nothing at Cloudflare changes. */
export const CloudflareImport = ({ account, onDone }: { readonly account: CloudflareAccount; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const [earlier, setEarlier] = useState('');
  const input = earlier.trim() ? { earlier_token: earlier.trim() } : {};
  const preview = useMutation({ mutationFn: () => previewCloudflareImport(client, input, account.id) });
  const take = useMutation({
    mutationFn: () => importFromCloudflare(client, account.id, input),
    onSuccess: ({ outcomes }) => {
      const taken = outcomes.filter(o => o.outcome === 'taken').length;
      const kept = outcomes.filter(o => o.outcome === 'kept').length;
      toast(taken === 0 ? t('Nothing new to take') : t('{taken} taken into secrets', { taken }), kept > 0 ? t('{kept} were here already.', { kept }) : undefined);
      onDone();
    },
  });
  const submit = (event: FormEvent): void => { event.preventDefault(); preview.mutate(); };
  const problem = take.error ?? preview.error;
  const found = preview.data;
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field label={t('Earlier token')} type="password" autoComplete="off" value={earlier} onChange={e => setEarlier(e.target.value)} hint={t('Only if the values were encrypted with another token than the linked one. It is not kept.')} />
      {problem && <ProblemNote problem={toProblem(problem)} />}
      {found && (
        <div className="rounded-lg border border-line">
          <p role="status" className="border-b border-line px-3 py-2 text-[13px] text-ink-2">{t('{importable} to take, {later} for later, {unreadable} unreadable, {unknown} unknown', { importable: found.counts.importable, later: found.counts.later, unreadable: found.counts.unreadable, unknown: found.counts.unknown })}</p>
          <ul aria-label={t('What was found')} className="max-h-64 divide-y divide-line overflow-y-auto">
            {found.items.map(i => (
              <li key={i.key} className="flex gap-2.5 px-3 py-2 text-[13px]">{STATES[i.state][0]}
                <div className="min-w-0"><p className="break-words">{i.name ?? i.key}<span className="text-ink-3"> · {i.kind.replaceAll('-', ' ')}, {STATES[i.state][1]}</span></p><p className="break-words text-[12px] text-ink-3">{i.why ?? (i.fingerprint ? rich('Fingerprint {fingerprint}', { fingerprint: <span className="font-mono">{i.fingerprint}</span> }) : Object.entries(i.summary).map(([k, v]) => `${k}: ${String(v)}`).join(' · '))}</p></div>
              </li>
            ))}
          </ul>
        </div>
      )}
      <DialogActions>
        <Button onClick={onDone}>{t('Cancel')}</Button>
        <Button type="submit" {...(found ? {} : { kind: 'primary' as const })} busy={preview.isPending}>{found ? t('Look again') : t('Show what is there')}</Button>
        {found && <Button kind="primary" busy={take.isPending} blocked={found.counts.importable === 0 ? t('There is nothing to take.') : undefined} onClick={() => take.mutate()}>{t('Take {importable} into secrets', { importable: found.counts.importable })}</Button>}
      </DialogActions>
    </form>
  );
};
