import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState, type ReactNode } from 'react';
import type { ListedEntry } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { TextField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { addCatalogEntry, changeCatalogEntry, checkEntry, removeCatalogEntry, useOwnEntries } from './applications.data.js';

const START = `id: whoami
name: Whoami
description: Answers with what was asked.
category: Utilities
version_source: { type: static, versions: ["1.11.0"] }
helm_chart:
  repository: local
  chart: app
  version: 1.0.0
  values_template:
    components:
      app:
        image: { repository: traefik/whoami, tag: "v{{VERSION}}" }
default_port: 80
`;
const idOf = (yaml: string): string => /^id:\s*["']?([a-z][a-z0-9-]*)/m.exec(yaml)?.[1] ?? 'new';

/** An own entry as YAML, checked while it is written. */
export const EntryDialog = ({ of, onClose }: { readonly of: ListedEntry | undefined; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  const queries = useQueryClient();
  const kept = useOwnEntries().rows.get(of?.entry.id ?? '');
  const [written, setWritten] = useState<string>();
  const [removing, setRemoving] = useState(false);
  const yaml = written ?? kept?.yaml ?? (of ? '' : START);
  const settled = useDeferredValue(yaml);
  const check = useQuery({ queryKey: ['check-entry', client.tenant, settled], enabled: settled.trim() !== '', staleTime: Infinity, placeholderData: before => before, queryFn: () => checkEntry(client, { yaml: settled }) });
  const done = (): void => {
    void queries.invalidateQueries({ queryKey: ['catalog', client.tenant] });
    onClose();
  };
  const save = useMutation({ mutationFn: () => (of ? changeCatalogEntry(client, of.entry.id, { yaml }) : addCatalogEntry(client, idOf(yaml), { yaml })), onSuccess: () => { toast(of ? t('Entry changed') : t('Entry added'), idOf(yaml)); done(); } });
  const problems = check.data?.problems ?? [];
  return (
    <>
      <Dialog open={!removing} wide onOpenChange={o => { if (!o) onClose(); }} title={of ? t('Entry {name}', { name: of.entry.name }) : t('Own entry')} description={t('A catalog entry names a Helm chart, its values and what it needs. It belongs to this organisation only.')}>
        {save.error && <ProblemNote className="mb-3" problem={toProblem(save.error)} />}
        <TextField label="YAML" mono rows={18} value={yaml} onChange={e => setWritten(e.target.value)} className="min-h-[22rem]" />
        <ul aria-label={t('Problems of the entry')} aria-live="polite" className="mt-2 max-h-40 overflow-auto text-[13px]">
          {problems.map((p, i) => <li key={i} className="text-bad">{p.line === null ? '' : `${t('Line {line}:', { line: p.line })} `}{p.path !== '' && <code className="font-mono">{p.path}</code>} {p.message}</li>)}
          {check.data?.ok === true && <li className="text-ok">{t('Valid: {name}', { name: check.data.entry?.name ?? '' })}</li>}
        </ul>
        <DialogActions>
          {of && <Button kind="danger" onClick={() => setRemoving(true)}>{t('Remove…')}</Button>}
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button kind="primary" busy={save.isPending} blocked={check.data?.ok === true && settled === yaml ? undefined : t('The entry has problems, or is just being checked.')} onClick={() => save.mutate()}>{of ? t('Save') : t('Add')}</Button>
        </DialogActions>
      </Dialog>
      <ConfirmDialog open={removing} onClose={() => setRemoving(false)} title={t('Remove {name} from the catalog?', { name: of?.entry.name ?? '' })} action={t('Remove')} effect={t('What was deployed from it goes on and keeps its copy of the entry.')}
        run={() => removeCatalogEntry(client, of?.entry.id ?? '', {})} onDone={() => { toast(t('Entry removed'), of?.entry.name); done(); }} />
    </>
  );
};
