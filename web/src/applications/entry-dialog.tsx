import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState, type ReactNode } from 'react';
import { addCatalogEntry, changeCatalogEntry, checkEntry, removeCatalogEntry, type ListedEntry } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient, useRows } from '../live/live-context.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { TextField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';

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
  const kept = useRows<{ readonly yaml: string }>('applications', client.tenant, 'catalog').rows.get(of?.entry.id ?? '');
  const [written, setWritten] = useState<string>();
  const [removing, setRemoving] = useState(false);
  const yaml = written ?? kept?.yaml ?? (of ? '' : START);
  const settled = useDeferredValue(yaml);
  const check = useQuery({ queryKey: ['check-entry', client.tenant, settled], enabled: settled.trim() !== '', staleTime: Infinity, placeholderData: before => before, queryFn: () => client.query(checkEntry, { yaml: settled }) });
  const done = (): void => {
    void queries.invalidateQueries({ queryKey: ['catalog', client.tenant] });
    onClose();
  };
  const save = useMutation({ mutationFn: () => client.command(of ? changeCatalogEntry : addCatalogEntry, { yaml }, { id: of?.entry.id ?? idOf(yaml) }), onSuccess: () => { toast(of ? 'Entry changed' : 'Entry added', idOf(yaml)); done(); } });
  const problems = check.data?.problems ?? [];
  return (
    <>
      <Dialog open={!removing} wide onOpenChange={o => { if (!o) onClose(); }} title={of ? `Entry ${of.entry.name}` : 'Own entry'} description="A catalog entry names a Helm chart, its values and what it needs. It belongs to this organisation only.">
        {save.error && <ProblemNote className="mb-3" problem={toProblem(save.error)} />}
        <TextField label="YAML" mono rows={18} value={yaml} onChange={e => setWritten(e.target.value)} className="min-h-[22rem]" />
        <ul aria-label="Problems of the entry" aria-live="polite" className="mt-2 max-h-40 overflow-auto text-[13px]">
          {problems.map((p, i) => <li key={i} className="text-bad">{p.line === null ? '' : `Line ${p.line}: `}{p.path !== '' && <code className="font-mono">{p.path}</code>} {p.message}</li>)}
          {check.data?.ok === true && <li className="text-ok">Valid: {check.data.entry?.name}</li>}
        </ul>
        <DialogActions>
          {of && <Button kind="danger" onClick={() => setRemoving(true)}>Remove…</Button>}
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" busy={save.isPending} blocked={check.data?.ok === true && settled === yaml ? undefined : 'The entry has problems, or is just being checked.'} onClick={() => save.mutate()}>{of ? 'Save' : 'Add'}</Button>
        </DialogActions>
      </Dialog>
      <ConfirmDialog open={removing} onClose={() => setRemoving(false)} title={`Remove ${of?.entry.name ?? ''} from the catalog?`} action="Remove" effect="What was deployed from it goes on and keeps its copy of the entry."
        run={() => client.command(removeCatalogEntry, {}, { id: of?.entry.id ?? '' })} onDone={() => { toast('Entry removed', of?.entry.name); done(); }} />
    </>
  );
};
