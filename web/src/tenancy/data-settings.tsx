import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { exportTenant, forgetTenant } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient, useLive } from '../live/live-context.js';
import { useCredentials, useMembers } from '../members/members.data.js';
import { useApiKeys, useSecrets } from '../security/security.data.js';
import { useServers } from '../servers/servers.data.js';
import { useTenantName } from '../session/session-context.js';
import { rich, t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ExportPanel } from './export-panel.js';
import { keepFarewell } from './farewell.js';
import { forgetOverHttp } from './tenancy.data.js';

const OWNERS_ONLY = t('Only an owner may do this.');

/** What an organisation takes along, and its end. */
export const DataSettings = (): ReactNode => {
  const client = useClient();
  const name = useTenantName();
  const mayExport = useCan(maySend(client.tenant, exportTenant, client.tenant));
  const mayForget = useCan(maySend(client.tenant, forgetTenant, client.tenant));
  const [forgetting, setForgetting] = useState(false);
  return (
    <div className="grid gap-4">
      <ExportPanel blocked={mayExport ? undefined : OWNERS_ONLY} />
      <Panel title={t('Forget this organisation')}>
        <p className="text-[13px] text-ink-2">{t('Destroys the keys that everything secret and personal of {name} is encrypted with, here and in every backup. Nobody can undo it, nor can we.', { name })}</p>
        <div className="mt-4 flex justify-end"><Button kind="danger" icon={<Trash2 aria-hidden className="size-4" />} blocked={mayForget ? undefined : OWNERS_ONLY} onClick={() => setForgetting(true)}>{t('Forget {name}…', { name })}</Button></div>
      </Panel>
      <Dialog open={forgetting} onOpenChange={setForgetting} wide title={t('Forget {name} for ever?', { name })}>{forgetting && <Forget onDone={() => setForgetting(false)} />}</Dialog>
    </div>
  );
};

const Forget = ({ onDone }: { readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const name = useTenantName();
  const [typed, setTyped] = useState('');
  const members = useMembers().rows.size;
  const secrets = useSecrets().rows.size;
  const credentials = useCredentials().rows.size;
  const keys = useApiKeys().rows.size;
  const servers = useServers().rows.size;
  const { proved } = useLive();
  const router = useRouter();
  // Over HTTP, and on to a page outside: the socket closes and the session ends with what is forgotten, maybe before the answer is here.
  const forget = useMutation({
    mutationFn: async () => {
      const { receipt } = await proved(() => forgetOverHttp(client.tenant, typed));
      keepFarewell({ tenant: client.tenant, name, receipt });
      await router.navigate({ to: '/forgotten', replace: true });
    },
  });
  const destroyed = [
    secrets > 0 && t('{n, plural, one {# secret} other {# secrets}}', { n: secrets }), credentials > 0 && t('{n, plural, one {# credential} other {# credentials}}', { n: credentials }), keys > 0 && t('{n, plural, one {# API key} other {# API keys}}', { n: keys }),
  ].filter(part => part !== false);
  const ready = typed === client.tenant;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (ready && !forget.isPending) forget.mutate(); };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <ul className="list-disc space-y-1 pl-5 text-ink-2">
        <li>{t('{n, plural, one {# member loses every right; all sessions here end, yours too. Who belongs to no other organisation is forgotten as a person.} other {# members lose every right; all sessions here end, yours too. Who belongs to no other organisation is forgotten as a person.}}', { n: members })}</li>
        {destroyed.length > 0 && <li>{t('What opens doors is destroyed: {destroyed}.', { destroyed: destroyed.join(', ') })}</li>}
        {servers > 0 && <li>{t('{n, plural, one {# server is no longer managed. The machines themselves stay as they are.} other {# servers are no longer managed. The machines themselves stay as they are.}}', { n: servers })}</li>}
        <li>{rich('The short name {slug} is never free again.', { slug: <span className="font-mono text-ink">{client.tenant}</span> })}</li>
      </ul>
      <p className="text-ink-2">{t('Export first, if you want to keep anything.')}</p>
      {forget.error && <ProblemNote problem={toProblem(forget.error)} />}
      <Field label={t('Type {tenant} to confirm', { tenant: client.tenant })} autoComplete="off" mono value={typed} onChange={e => setTyped(e.target.value)} />
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="danger" type="submit" busy={forget.isPending} blocked={ready ? undefined : t('Type {tenant} first.', { tenant: client.tenant })}>{t('Forget for ever')}</Button></DialogActions>
    </form>
  );
};
