import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useSession, useTenantName } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field } from '../ui/field.js';
import { needs } from '../ui/forbidden.js';
import { Facts, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { loginPage, renameTenant } from './settings.data.js';

export const OrganisationPage = (): ReactNode => {
  const client = useClient();
  const name = useTenantName();
  return (
    <Page title={t('Organisation')}>
      <PageBody narrow>
        <Panel title={t('Name')}>
          <div className="grid gap-5">
            <Name />
            <Facts of={{ service: 'auth', view: 'tenants', id: client.tenant }} rows={[[t('Short name'), <Code key="s" text={client.tenant} label={t('Copy short name')} />], [t('Called so'), name, 'name'], [t('Log-in page'), <Code key="l" text={loginPage(location.origin, client.tenant)} label={t('Copy address of the log-in page')} />]]} />
          </div>
        </Panel>
      </PageBody>
    </Page>
  );
};

const Name = (): ReactNode => {
  const client = useClient();
  const session = useSession();
  const name = useTenantName();
  const may = useCan(maySend(client.tenant, renameTenant, client.tenant));
  const [text, setText] = useState(name);
  const rename = useMutation({
    mutationFn: (wanted: string) => renameTenant(client, client.tenant, { name: wanted }),
    onSuccess: (_, wanted) => { session.tenantRenamed(wanted); toast(t('Organisation renamed'), wanted); },
  });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (may && text.trim() !== name) rename.mutate(text.trim()); };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1"><Field label={t('Name')} required maxLength={100} value={text} onChange={e => setText(e.target.value)} readOnly={!may} problem={fieldProblems(problem)['name']} /></div>
        <Button type="submit" className="mt-[26px]" busy={rename.isPending} blocked={!may ? needs('auth.tenant.rename') : text.trim() === name ? t('The name is the same.') : undefined}>{t('Save name')}</Button>
      </div>
    </form>
  );
};
