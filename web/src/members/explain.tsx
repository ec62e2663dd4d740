import { useMutation } from '@tanstack/react-query';
import { Check, Wrench, X } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { mayAsk } from '../app/nav.js';
import type { Explanation } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { ALL_PERMISSIONS, PERMISSION_GROUPS, permissionLabel, questionOf, type Permission } from '../roles/permissions.js';
import { useServers } from '../servers/servers.data.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { SelectField } from '../ui/field.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { explain } from './members.data.js';

/** Why somebody may do a thing or not, and what would change it: the answer of the same rule that every door asks. */
export const Explain = ({ id, name }: { readonly id: string; readonly name: string }): ReactNode => {
  const client = useClient();
  const may = useCan(mayAsk(client.tenant, explain, id));
  const servers = useServers();
  const [chosen, setPermission] = useState('vps.server.read');
  const [on, setOn] = useState('*');
  const permission = ALL_PERMISSIONS.find(p => p.name === chosen);
  const ask = useMutation({ mutationFn: (p: Permission) => explain(client, questionOf(client.tenant, p, on), id) });
  const one = permission?.narrowable === true && permission.name.startsWith('vps.server.');
  if (!may) return null;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (permission) ask.mutate(permission); };
  return (
    <Panel title={t('What may {name} do, and why?', { name })}>
      <form onSubmit={submit} className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
        <SelectField label={t('May do')} value={chosen} onChange={e => { setPermission(e.target.value); setOn('*'); ask.reset(); }}>
          {PERMISSION_GROUPS.map(group => <optgroup key={group.label} label={group.label}>{group.permissions.map(p => <option key={p.name} value={p.name}>{p.label}</option>)}</optgroup>)}
        </SelectField>
        <SelectField label={t('With')} value={on} onChange={e => { setOn(e.target.value); ask.reset(); }} disabled={!one}>
          <option value="*">{t('all of them')}</option>
          {one && [...servers.rows.values()].sort((a, b) => a.name.localeCompare(b.name)).map(s => <option key={s.id} value={s.id}>{s.name}</option>)}
        </SelectField>
        <Button type="submit" kind="primary" busy={ask.isPending}>{t('Explain')}</Button>
      </form>
      {ask.error && <ProblemNote className="mt-4" problem={toProblem(ask.error)} />}
      {ask.data && <Answer answer={ask.data} />}
    </Panel>
  );
};

const Answer = ({ answer }: { readonly answer: Explanation }): ReactNode => (
  <div role="status" data-testid="explanation" data-allowed={answer.allowed} className="mt-4 animate-fade rounded-lg border border-line bg-sunken p-4">
    <p className="flex items-start gap-2 font-medium">{answer.allowed ? <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" /> : <X aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />}<span>{answer.allowed ? t('Yes.') : t('No.')} <span className="font-normal">{answer.because}</span></span></p>
    <dl className="mt-2 grid gap-1 pl-6 text-[12px] text-ink-3">
      {answer.role && <div><dt className="inline">{t('Role:')}{' '}</dt><dd className="inline">{answer.role}</dd></div>}
      {answer.grant && <div><dt className="inline">{t('Grant:')}{' '}</dt><dd className="inline break-all font-mono">{answer.grant}</dd></div>}
    </dl>
    {answer.changes.length > 0 && (
      <div className="mt-3 border-t border-line pt-3 text-[13px]">
        <p className="flex items-center gap-2 font-medium"><Wrench aria-hidden className="size-4 text-ink-3" />{t('What would allow it')}</p>
        <ul className="mt-1 list-disc pl-10 text-ink-2">
          {answer.changes.map((c, i) => <li key={i}>{c.action === 'assign-role' ? <>{rich('give the role {role}', { role: <strong className="font-medium text-ink">{c.role}</strong> })}</> : <>{c.resources === 'all'
            ? rich('add “{permission}” to the role {role}', { permission: permissionLabel(c.permission), role: <strong className="font-medium text-ink">{c.role}</strong> })
            : rich('add “{permission}” for {resources} to the role {role}', { permission: permissionLabel(c.permission), resources: c.resources, role: <strong className="font-medium text-ink">{c.role}</strong> })}</>}</li>)}
        </ul>
      </div>
    )}
  </div>
);
