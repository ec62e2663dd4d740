import { useMutation } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { renameTenant } from '../contracts.js';
import { fieldProblems, toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { useSession, useTenantName } from '../session/session-context.js';
import { Button } from '../ui/button.js';
import { Code } from '../ui/copy-button.js';
import { Field } from '../ui/field.js';
import { Facts, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { CloudflareSettings } from './cloudflare-settings.js';
import { DataSettings } from './data-settings.js';
import { ProviderBudgets } from './provider-budgets.js';
import { SettingsTabs } from './settings-tabs.js';
import { SignOnSettings } from './sign-on-settings.js';

export const SettingsPage = (): ReactNode => {
  const { tab = 'general' } = useSearch({ from: '/shell/settings' });
  return (
    <Page title="Settings" tabs={<SettingsTabs at={tab} />}>
      <PageBody narrow>
        {tab === 'general' && <General />}
        {tab === 'sign-on' && <SignOnSettings />}
        {tab === 'cloudflare' && <div className="grid gap-4"><CloudflareSettings /><ProviderBudgets /></div>}
        {tab === 'data' && <DataSettings />}
      </PageBody>
    </Page>
  );
};

const General = (): ReactNode => {
  const client = useClient();
  const session = useSession();
  const name = useTenantName();
  const may = useCan(maySend(client.tenant, renameTenant, client.tenant));
  const [text, setText] = useState(name);
  const rename = useMutation({
    mutationFn: (wanted: string) => client.command(renameTenant, { name: wanted }, { id: client.tenant }),
    onSuccess: (_, wanted) => { session.tenantRenamed(wanted); toast('Organisation renamed', wanted); },
  });
  const problem = rename.error ? toProblem(rename.error) : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (may && text.trim() !== name) rename.mutate(text.trim()); };
  return (
    <Panel title="Organisation">
      <div className="grid gap-5">
        <form onSubmit={submit} className="grid gap-3">
          {problem && problem.code !== 'INVALID' && <ProblemNote problem={problem} />}
          <div className="flex items-start gap-2">
            <div className="min-w-0 flex-1"><Field label="Name" required maxLength={100} value={text} onChange={e => setText(e.target.value)} readOnly={!may} problem={fieldProblems(problem)['name']} /></div>
            <Button type="submit" className="mt-[26px]" busy={rename.isPending} blocked={!may ? NOT_ALLOWED : text.trim() === name ? 'The name is the same.' : undefined}>Save name</Button>
          </div>
        </form>
        <Facts rows={[['Short name', <Code key="s" text={client.tenant} label="Copy short name" />], ['Log-in page', <Code key="l" text={`${location.origin}/login?tenant=${client.tenant}`} label="Copy address of the log-in page" />]]} />
      </div>
    </Panel>
  );
};
