import { useMutation } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { FileAccess, FileRuleRow } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { useRoleRows } from '../roles/roles.data.js';
import { useServers } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Field, SelectField } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toastProblem } from '../ui/toaster.js';
import { removeFileRule, setFileRule, useFileRules } from './files.data.js';
import { Why } from '../why/why.js';

const ACCESS: Readonly<Record<FileAccess, string>> = { none: t('Nothing'), read: t('Read only'), write: t('Read and change') };

/** Who may read or change what: seen by all who see rules, made by who may define roles. */
export const RulesDialog = ({ server, path, blocked, onClose }: { readonly server: string; readonly path: string; readonly blocked: string | undefined; readonly onClose: () => void }): ReactNode => {
  const { status, rows, problem } = useFileRules();
  const rules = [...rows.values()].flatMap(r => r.rules).toSorted((a, b) => a.pattern.localeCompare(b.pattern));
  return (
    <Dialog open wide onOpenChange={o => { if (!o) onClose(); }} title={t('Rules about files')}
      description={t('The most specific pattern counts. Without one that fits, everybody who may work on a server may do what its account may. Rules bind this page and the API only: a shell does what its account may.')}>
      {status === 'denied' && <p className="text-ink-3">{t('You may not see the rules.')}</p>}
      {problem && status === 'failed' && <ProblemNote problem={problem} />}
      {status === 'ready' && (rules.length === 0 ? <p className="rounded-lg border border-line px-3 py-4 text-[13px] text-ink-3">{t('There is none yet.')}</p>
        : <ul aria-label={t('Rules')} className="divide-y divide-line rounded-lg border border-line">{rules.map(r => <Rule key={r.id} rule={r} blocked={blocked} />)}</ul>)}
      <NewRule server={server} path={path} blocked={blocked} />
    </Dialog>
  );
};

const Rule = ({ rule, blocked }: { readonly rule: FileRuleRow; readonly blocked: string | undefined }): ReactNode => {
  const client = useClient();
  const servers = useServers().rows;
  const remove = useMutation({ mutationFn: () => removeFileRule(client, client.tenant, { rule: rule.id }), onError: toastProblem });
  return (
    <li data-testid="file-rule" data-pattern={rule.pattern} className="group/fact flex items-center gap-3 px-3 py-2 text-[13px]">
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-1 font-mono text-[12.5px]"><span className="truncate">{rule.pattern}</span><Why service="terminals" view="file-rules" id={client.tenant} path="rules" name={rule.pattern} /></p>
        <p className="text-[12px] text-ink-3">{ACCESS[rule.access]} · {rule.role === null ? t('everybody') : t('role {role}', { role: rule.role })} · {rule.server === null ? t('all servers') : servers.get(rule.server)?.name ?? t('a server that is gone')}</p>
      </div>
      {blocked === undefined && <IconButton label={t('Remove the rule {pattern}', { pattern: rule.pattern })} disabled={remove.isPending} onClick={() => remove.mutate()}><X aria-hidden className="size-4" /></IconButton>}
    </li>
  );
};

const NewRule = ({ server, path, blocked }: { readonly server: string; readonly path: string; readonly blocked: string | undefined }): ReactNode => {
  const client = useClient();
  const roles = useRoleRows().rows;
  const [pattern, setPattern] = useState(path === '/' ? '/**' : `${path}/**`);
  const [role, setRole] = useState('');
  const [access, setAccess] = useState<FileAccess>('read');
  const [here, setHere] = useState(true);
  const add = useMutation({ mutationFn: () => setFileRule(client, client.tenant, { pattern, access, role: role === '' ? null : role, server: here ? server : null }) });
  const submit = (event: FormEvent): void => { event.preventDefault(); if (blocked === undefined && !add.isPending) add.mutate(); };
  return (
    <form onSubmit={submit} className="mt-4 grid gap-3 sm:grid-cols-2">
      <div className="sm:col-span-2"><Field label={t('Files')} mono value={pattern} onChange={e => setPattern(e.target.value)} hint={t('* within a name, ** for any folders: /var/www/** is the folder and all in it.')} autoComplete="off" /></div>
      <SelectField label={t('Who')} value={role} onChange={e => setRole(e.target.value)}><option value="">{t('Everybody')}</option>{[...roles.keys()].toSorted().map(r => <option key={r} value={r}>{t('Role {r}', { r })}</option>)}</SelectField>
      <SelectField label={t('May')} value={access} onChange={e => setAccess(e.target.value as FileAccess)}>{Object.entries(ACCESS).map(([key, label]) => <option key={key} value={key}>{label}</option>)}</SelectField>
      <label className="flex items-center gap-2 text-[13px]"><input type="checkbox" checked={here} onChange={e => setHere(e.target.checked)} className="size-4 accent-accent" />{t('On this server only')}</label>
      <div className="flex justify-end"><Button type="submit" kind="primary" icon={<Plus aria-hidden className="size-3.5" />} busy={add.isPending} blocked={blocked}>{t('Add the rule')}</Button></div>
      {add.error && <div className="sm:col-span-2"><ProblemNote problem={toProblem(add.error)} /></div>}
    </form>
  );
};
