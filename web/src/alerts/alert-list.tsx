import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BellOff, BellRing, Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { formatMoment } from '../lib/format.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { NOT_YOURS } from '../server/actions.js';
import { actorName } from '../servers/history.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button } from '../ui/button.js';
import { Menu, MenuItem, MenuLabel } from '../ui/menu.js';
import { Tag } from '../ui/row-list.js';
import { Dot } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { ALERT_WORDS, MUTES, type AlertRow } from './alert-rows.js';
import { acknowledgeAlert, muteAlert } from './alerts.data.js';
import { Why } from '../why/why.js';

/** `named`: with the server's name, where the list is about many. */
export const AlertList = ({ rows, named, label }: { readonly rows: readonly AlertRow[]; readonly named?: boolean; readonly label: string }): ReactNode => (
  <ul aria-label={label} className="divide-y divide-line">{rows.map(row => <Row key={`${row.server} ${row.kind}`} row={row} named={named === true} />)}</ul>
);

const Row = ({ row, named }: { readonly row: AlertRow; readonly named: boolean }): ReactNode => {
  const { user } = useClient();
  const names = useNames();
  const { label, tone } = ALERT_WORDS[row.kind];
  const open = row.status === 'open';
  return (
    <li data-testid="alert" data-kind={row.kind} data-status={row.status} className="group/fact flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3">
      <span className="mt-[7px] flex"><Dot tone={!open ? 'idle' : row.fresh ? tone : 'info'} moving={row.fresh} /></span>
      <div className="min-w-0 flex-1 basis-56">
        <p className="break-words text-[13px]">
          {named && <><Link to="/servers/$id" params={{ id: row.server }} className="font-medium hover:underline">{row.name}</Link> <span aria-hidden className="text-ink-3">·</span> </>}
          <span className={open ? undefined : 'text-ink-2'}>{row.message}</span><Tag>{label}</Tag> <Why service="vps" view="alerts" id={row.server} path="alerts" name={t('{label} of {name}', { label, name: row.name })} />
        </p>
        <p className="text-[12px] text-ink-3">
          {open ? <>{rich('Since {time} ({when})', { time: formatMoment(Date.parse(row.raised_at)), when: <Ago at={row.raised_at} /> })}</> : <>{rich('Over {when}, began {time}', { when: <Ago at={row.cleared_at ?? row.raised_at} />, time: formatMoment(Date.parse(row.raised_at)) })}</>}
          {open && row.acknowledged_at && row.acknowledged_by && ` · ${row.acknowledged_by.id === user.id ? t('You take care of it') : t('{name} takes care of it', { name: actorName(row.acknowledged_by, user.id, names) })}`}
          {row.muted_until && ` · ${t('Muted until {time}', { time: formatMoment(Date.parse(row.muted_until)) })}`}
        </p>
      </div>
      <Answers row={row} />
    </li>
  );
};

const Answers = ({ row }: { readonly row: AlertRow }): ReactNode => {
  const client = useClient();
  const mayAcknowledge = useCan(maySend(client.tenant, acknowledgeAlert, row.server));
  const mayMute = useCan(maySend(client.tenant, muteAlert, row.server));
  const acknowledge = useMutation({ mutationFn: () => acknowledgeAlert(client, row.server, { kind: row.kind }), onError: toastProblem });
  const mute = useMutation({
    mutationFn: (ms: number | null) => muteAlert(client, row.server, { kind: row.kind, until: ms === null ? null : new Date(Date.now() + ms).toISOString() }),
    onSuccess: (_, ms) => toast(ms === null ? t('No longer muted') : t('Muted'), t('{label} of {name}', { label: ALERT_WORDS[row.kind].label, name: row.name })), onError: toastProblem,
  });
  return (
    <div className="ml-auto flex items-center gap-1.5">
      {row.status === 'open' && row.acknowledged_at === null && (
        <Button size="sm" busy={acknowledge.isPending} blocked={mayAcknowledge ? undefined : NOT_YOURS} icon={<Check aria-hidden className="size-3.5" />} onClick={() => acknowledge.mutate()}>{t('I take care of it')}</Button>
      )}
      {row.muted_until ? <Button size="sm" busy={mute.isPending} blocked={mayMute ? undefined : NOT_YOURS} icon={<BellRing aria-hidden className="size-3.5" />} onClick={() => mute.mutate(null)}>{t('Unmute')}</Button>
        : mayMute ? (
          <Menu trigger={<Button size="sm" kind="quiet" icon={<BellOff aria-hidden className="size-3.5" />} busy={mute.isPending}>{t('Mute…')}</Button>}>
            <MenuLabel>{t('{label} of {name} is not shown as new for', { label: ALERT_WORDS[row.kind].label, name: row.name })}</MenuLabel>
            {MUTES.map(([text, ms]) => <MenuItem key={text} onSelect={() => mute.mutate(ms)}>{text}</MenuItem>)}
          </Menu>
        ) : <Button size="sm" kind="quiet" blocked={NOT_YOURS} icon={<BellOff aria-hidden className="size-3.5" />}>{t('Mute…')}</Button>}
    </div>
  );
};
