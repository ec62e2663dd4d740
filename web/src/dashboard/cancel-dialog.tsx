import type { ReactNode } from 'react';
import { useClient } from '../live/live-context.js';
import { CancelSetUp } from '../server/setup-cancel.js';
import { useServers, useSetUps } from '../servers/servers.data.js';
import { t } from '../texts/text.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { toast } from '../ui/toaster.js';
import { cancelDeployment, cancelPlan } from './dashboard.data.js';
import type { Work } from './running-work.js';

interface Props { readonly work: Work; readonly cancel: NonNullable<Work['cancel']>; readonly open: boolean; readonly onClose: () => void }

/** Asks before work that is under way is stopped, and says what stopping means for its kind. */
export const CancelDialog = ({ work, cancel, open, onClose: close }: Props): ReactNode => {
  const client = useClient();
  const server = useServers().rows.get(cancel.id);
  const setUp = useSetUps().rows.get(cancel.id);
  const stopped = (): void => toast(t('Being stopped'), work.name);
  return (
    <>
      {cancel.kind === 'set-up' && server && setUp && <CancelSetUp server={server} kind={setUp.kind} open={open} onClose={close} />}
      {cancel.kind === 'deployment' && (
        <ConfirmDialog open={open} onClose={close} title={t('Stop this work on {name}?', { name: work.name })} action={t('Stop')} keep={t('Go on')} run={() => cancelDeployment(client, cancel.id, {})} onDone={stopped}
          effect={t('The step that runs is ended, and what was made so far is taken back where that can be done. Its page says what is left.')} />
      )}
      {cancel.kind === 'plan' && (
        <ConfirmDialog open={open} onClose={close} title={t('Stop the plan for {name}?', { name: work.name })} action={t('Stop, keep what is done')} keep={t('Go on applying')} run={() => cancelPlan(client, cancel.id, { roll_back: false })} onDone={stopped}
          effect={t('The part that is under way is finished first: a part is made as a whole or not at all. To take back what was done, stop it on its own page.')} />
      )}
    </>
  );
};
