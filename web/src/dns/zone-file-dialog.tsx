import { FileUp } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { PlanObstacle, RecordIssue, Zone } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field, TextField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { adoptRecords } from './dns.data.js';
import { Obstacles } from './obstacles.js';
import { listIn } from './plan-model.js';
import { Issues } from './record-editor.js';
import { useMakePlan } from './use-zone.js';

/** Characters, as the contract of a plan says. */
const LONGEST_FILE = 900_000;

export const ZoneFileDialog = ({ zone, open, onClose }: { readonly zone: Zone; readonly open: boolean; readonly onClose: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} wide title={t('Zone file for {name}', { name: zone.name })} description={t('Paste one or choose a file, as BIND and Cloudflare write them. It becomes a plan: you see what would change before anything does.')}>
    {open && <Form zone={zone} onClose={onClose} />}
  </Dialog>
);

const Form = ({ zone, onClose }: { readonly zone: Zone; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const { make } = useMakePlan(zone.id, onClose);
  const mayAdopt = useCan(maySend(client.tenant, adoptRecords, zone.id));
  const [text, setText] = useState('');
  const [prune, setPrune] = useState(false);
  const [reason, setReason] = useState('');
  const problem = make.error ? toProblem(make.error) : undefined;
  const issues = listIn<RecordIssue>(problem?.details, 'issues');
  const obstacles = listIn<PlanObstacle>(problem?.details, 'obstacles');
  const missing = text.trim() === '' ? t('Paste a zone file first.') : text.length > LONGEST_FILE ? t('It is too long for one plan: {most, number} characters at most. Bring it in parts.', { most: LONGEST_FILE }) : undefined;
  const run = (): void => make.mutate({ source: { from: 'file', text, prune }, reason });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!missing && !make.isPending) run(); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && <ProblemNote problem={problem} />}
      {issues.length > 0 && <div className="max-h-40 overflow-y-auto rounded-lg border border-line bg-sunken p-3"><Issues issues={issues} /></div>}
      {obstacles.length > 0 && <Obstacles zone={zone} obstacles={obstacles} may={mayAdopt} onAdopted={run} />}
      <TextField label={t('Zone file')} mono rows={10} placeholder={t('$ORIGIN {name}.\n$TTL 300\nwww  IN A 192.0.2.10\n@    IN MX 10 mx.example.net.', { name: zone.name })} value={text} onChange={e => setText(e.target.value)} />
      <div>
        <label className={`${buttonClass('secondary', 'sm')} cursor-pointer has-focus-visible:outline-2 has-focus-visible:outline-accent`}>
            <FileUp aria-hidden className="size-3.5" />{t('Choose a file')}
            <input type="file" className="sr-only" aria-label={t('Choose a zone file')} accept=".zone,.txt,.db,text/*" onChange={e => { void e.target.files?.[0]?.text().then(setText); }} />
        </label>
      </div>
      {missing && text.trim() !== '' && <p role="alert" className="text-[13px] text-bad">{missing}</p>}
      <label className="flex items-start gap-2 text-[13px]"><input type="checkbox" checked={prune} onChange={e => setPrune(e.target.checked)} className="mt-0.5 size-4 accent-accent" /><span>{t('Also delete our records that the file doesn’t have')}<span className="block text-[12px] text-ink-3">{t('Records of others stay in any case.')}</span></span></label>
      <Field label={t('Why')} placeholder={t('Shown in the history')} maxLength={500} value={reason} onChange={e => setReason(e.target.value)} />
      <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={make.isPending} blocked={missing}>{t('Review plan')}</Button></DialogActions>
    </form>
  );
};
