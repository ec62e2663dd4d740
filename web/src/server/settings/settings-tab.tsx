import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../../app/nav.js';
import { deleteServer, type Server } from '../../contracts.js';
import { useCan, useClient } from '../../live/live-context.js';
import { t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';
import { toast, toastProblem } from '../../ui/toaster.js';
import { NOT_YOURS } from '../actions.js';
import { OperationsPanel } from '../operations-panel.js';
import { installK3s } from '../server.data.js';
import { GeneralPanel } from './general-panel.js';
import { KeysPanel } from './keys-panel.js';
import { KubeconfigPanel } from './kubeconfig-panel.js';
import { LimitsPanel } from './limits-panel.js';
import { ManifestPanel } from './manifest-panel.js';
import { RebuildRow } from './rebuild-panel.js';
import { SizePanel } from './size-panel.js';
import { SnapshotsPanel } from './snapshots-panel.js';

export const SettingsTab = ({ server, onDelete }: { readonly server: Server; readonly onDelete: () => void }): ReactNode => {
  const { tenant } = useClient();
  const mayDelete = useCan(maySend(tenant, deleteServer, server.id));
  return (
    <div className="grid max-w-3xl gap-4">
      <OperationsPanel id={server.id} />
      <GeneralPanel key={server.name} server={server} />
      <LimitsPanel server={server} />
      <KeysPanel server={server} />
      <SizePanel server={server} />
      <SnapshotsPanel server={server} />
      <SetUpPanel server={server} />
      <KubeconfigPanel server={server} />
      <ManifestPanel server={server} />
      <Panel title={t('Danger')}>
        <div className="grid gap-4">
          <RebuildRow server={server} />
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">{server.provider_id ? t('Delete it here and at its provider. What goes with it is shown before.') : t('Take it off the list. The machine itself stays as it is; its credential here is destroyed.')}</p>
            <Button kind="danger" icon={<Trash2 aria-hidden className="size-4" />} blocked={mayDelete ? undefined : NOT_YOURS} onClick={onDelete}>{server.provider_id ? t('Delete server…') : t('Remove server…')}</Button>
          </div>
        </div>
      </Panel>
    </div>
  );
};

const SetUpPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, installK3s, server.id));
  const install = useMutation({ mutationFn: () => installK3s(client, server.id, {}), onSuccess: () => toast(t('Set-up begun'), t('Its steps are under Set-up of {name}.', { name: server.name })), onError: toastProblem });
  const k3s = server.facts?.k3s;
  const blocked = !may ? NOT_YOURS : server.lifecycle !== undefined && !['ready', 'failed'].includes(server.lifecycle) ? t('It is being set up or deleted now.')
    : server.status !== 'reachable' ? t('It does not answer over SSH now.') : server.facts?.sudo === false ? t('Its user is neither root nor has sudo without a password.') : undefined;
  return (
    <Panel title={t('Set-up')}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">{k3s ? t('K3s {k3s} is installed. The set-up can be done again: what is right stays, what is missing is added.', { k3s }) : t('K3s, Helm and Traefik are not installed. It takes a few minutes, and changes the machine.')} <Link to="/servers/$id" params={{ id: server.id }} search={{ tab: 'set-up' }} className="text-accent-ink underline underline-offset-2">{t('Its steps')}</Link></p>
        <Button blocked={blocked} busy={install.isPending} onClick={() => install.mutate()}>{k3s ? t('Set up again') : t('Install K3s')}</Button>
      </div>
    </Panel>
  );
};
