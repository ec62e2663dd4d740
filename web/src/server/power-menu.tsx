import { useMutation } from '@tanstack/react-query';
import { POWER_COMMANDS, type PowerCommand } from '@xanthus/proto/vps';
import { CirclePower, Plug, PowerOff, RefreshCcw, RotateCcw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Server } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { POWER } from './server.data.js';
import { useActions } from './use-actions.js';

interface Words { readonly label: string; readonly icon: ReactNode; readonly begun: string; /** Asked before; without it there is nothing to lose. */ readonly effect?: string }
const WORDS: Readonly<Record<PowerCommand, Words>> = {
  'power-on': { label: t('Switch on'), icon: <CirclePower aria-hidden />, begun: t('is being switched on.') },
  reboot: { label: t('Reboot'), icon: <RotateCcw aria-hidden />, begun: t('is being rebooted.'), effect: t('It shuts down in order and starts again. What runs on it is interrupted for a minute or two.') },
  shutdown: { label: t('Shut down'), icon: <PowerOff aria-hidden />, begun: t('is being shut down.'), effect: t('It shuts down in order; what runs on it ends. A server that is off costs as much as one that runs.') },
  reset: { label: t('Reset'), icon: <RefreshCcw aria-hidden />, begun: t('is being reset.'), effect: t('Its power is cut and switched on again, for when it no longer answers.') },
  'power-off': { label: t('Cut power'), icon: <Plug aria-hidden />, begun: t('is being switched off.'), effect: t('As if its plug was pulled, for when it no longer shuts down. A server that is off costs as much as one that runs.') },
};
const ORDER = ['power-on', 'reboot', 'shutdown', 'reset', 'power-off'] as const satisfies readonly PowerCommand[];

/** What can't be done now says why. */
export const PowerMenu = ({ server }: { readonly server: Server }): ReactNode => {
  const client = useClient();
  const actions = useActions(server);
  const [asked, setAsked] = useState<PowerCommand>();
  const run = (action: PowerCommand): Promise<unknown> => POWER[action](client, server.id, {});
  const begun = (action: PowerCommand): void => toast(WORDS[action].label, `${server.name} ${WORDS[action].begun}`);
  const act = useMutation({ mutationFn: run, onSuccess: (_, action) => begun(action), onError: toastProblem });
  const states = Object.fromEntries(POWER_COMMANDS.map(a => [a, actions(a)])) as Record<PowerCommand, ReturnType<typeof actions>>;
  const words = asked && WORDS[asked];
  return (
    <>
      <Menu trigger={<Button size="sm" busy={act.isPending} icon={<CirclePower aria-hidden className="size-3.5" />}><span className="hidden sm:inline">{t('Power')}</span><span className="sr-only sm:hidden">{t('Power')}</span></Button>}>
        {ORDER.map(action => (
          <div key={action} className="contents">
            {action === 'reset' && <MenuLine />}
            <MenuItem icon={WORDS[action].icon} danger={action === 'power-off' || action === 'reset'} blocked={states[action].blocked} onSelect={() => (WORDS[action].effect ? setAsked(action) : act.mutate(action))}>{WORDS[action].label}{WORDS[action].effect && '…'}</MenuItem>
          </div>
        ))}
      </Menu>
      {words && <ConfirmDialog open onClose={() => setAsked(undefined)} title={`${words.label}: ${server.name}?`} action={words.label}
        effect={<>{words.effect} {states[asked].warning}</>} run={() => run(asked)} onDone={() => begun(asked)} />}
    </>
  );
};
