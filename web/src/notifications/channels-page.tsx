import { useMutation } from '@tanstack/react-query';
import { Hash, Mail, MoreHorizontal, Pause, Pencil, Play, Plus, Send, Trash2, Webhook } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { ChannelRow } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { needs } from '../ui/forbidden.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, PageBody, Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { ChannelDeliveries } from './channel-deliveries.js';
import { ChannelForm } from './channel-form.js';
import { changeChannel, defineChannel, pauseChannel, removeChannel, resumeChannel, testChannel, useChannels } from './notifications.data.js';
import { SERVICE_WORDS, SEVERITY_WORDS } from './words.js';
import { Why } from '../why/why.js';

const ICONS = { email: <Mail />, webhook: <Webhook />, slack: <Hash /> } as const;

/** Where notices are sent, beside the bell. */
export const ChannelsPage = (): ReactNode => {
  const client = useClient();
  const list = useChannels();
  const may = useCan(maySend(client.tenant, defineChannel));
  const [adding, setAdding] = useState(false);
  const [editing, setEditing] = useState<ChannelRow>();
  const [removing, setRemoving] = useState<ChannelRow>();
  const channels = [...list.rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const add = <Button kind="primary" icon={<Plus aria-hidden className="size-4" />} blocked={may ? undefined : needs('notifications.channel.define')} onClick={() => setAdding(true)}>{t('Add channel')}</Button>;
  return (
    <Page title={t('Notifications')} actions={list.status === 'denied' ? undefined : add}>
      <PageBody narrow>
        <ListStates of={list} what={t('channels')} right="notifications.channel.read" count={channels.length} empty={<EmptyState icon={<Send />} title={t('No channels yet')} action={add}>{t('Notices stand under the bell. A channel sends them on: by e-mail, to an address of yours, or to a chat.')}</EmptyState>}>
          <ul aria-label={t('Channels')} className="grid gap-4">{channels.map(c => <li key={c.id}><ChannelPanel channel={c} onEdit={() => setEditing(c)} onRemove={() => setRemoving(c)} /></li>)}</ul>
        </ListStates>
      </PageBody>
      <Dialog open={adding} onOpenChange={setAdding} title={t('Add a channel')} wide>{adding && <ChannelForm onDone={() => setAdding(false)} />}</Dialog>
      <Dialog open={editing !== undefined} onOpenChange={open => { if (!open) setEditing(undefined); }} title={t('Change {name}', { name: editing?.name ?? '' })} wide>{editing && <ChannelForm channel={editing} onDone={() => setEditing(undefined)} />}</Dialog>
      <ConfirmDialog open={removing !== undefined} onClose={() => setRemoving(undefined)} title={t('Remove {name}?', { name: removing?.name ?? '' })} action={t('Remove channel')}
        effect={t('Nothing is sent there any more; what waits is dropped, and its passwords and addresses are destroyed. This can’t be undone.')} run={() => removeChannel(client, removing?.id ?? '', {})} onDone={() => toast(t('Channel removed'), removing?.name)} />
    </Page>
  );
};

/** Which right it takes, where one has not got it. */
const useBlocked = (act: Parameters<typeof maySend>[1], id: string): string | undefined => (useCan(maySend(useClient().tenant, act, id)) ? undefined : needs(`${act.service}.${act.aggregate}.${act.verb}`));

interface PanelProps { readonly channel: ChannelRow; readonly onEdit: () => void; readonly onRemove: () => void }

const ChannelPanel = ({ channel: c, onEdit, onRemove }: PanelProps): ReactNode => {
  const client = useClient();
  const [blockedTest, blockedChange, blockedTurn, blockedRemove] = [useBlocked(testChannel, c.id), useBlocked(changeChannel, c.id), useBlocked(c.state === 'paused' ? resumeChannel : pauseChannel, c.id), useBlocked(removeChannel, c.id)];
  const test = useMutation({ mutationFn: () => testChannel(client, c.id, {}) });
  const turn = useMutation({ mutationFn: () => (c.state === 'paused' ? resumeChannel(client, c.id, {}) : pauseChannel(client, c.id, {})) });
  const failed = test.error ?? turn.error;
  return (
    <Panel flush>
      <div className="group/fact flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
        <span aria-hidden className="text-ink-3 [&>svg]:size-4">{ICONS[c.kind]}</span>
        <div className="min-w-0 flex-1 basis-40">
          <div className="flex flex-wrap items-center gap-2"><h2 className="flex flex-wrap items-center gap-2 text-[13px] font-medium">{c.name}<State channel={c} /></h2><Why service="notifications" view="channels" id={c.id} path="" name={c.name} /></div>
          <p className="break-words text-[12px] text-ink-3">{c.label}</p>
        </div>
        <div className="ml-auto flex items-center gap-1">
          <Button size="sm" busy={test.isPending} blocked={blockedTest} icon={<Send aria-hidden className="size-3.5" />} aria-label={t('Test {name}', { name: c.name })} onClick={() => test.mutate()}>{t('Test')}</Button>
          <Menu trigger={<IconButton label={t('More for {name}', { name: c.name })}><MoreHorizontal aria-hidden className="size-4" /></IconButton>}>
            <MenuItem icon={<Pencil aria-hidden />} blocked={blockedChange} onSelect={onEdit}>{t('Change')}</MenuItem>
            <MenuItem icon={c.state === 'paused' ? <Play aria-hidden /> : <Pause aria-hidden />} blocked={blockedTurn} onSelect={() => turn.mutate()}>{c.state === 'paused' ? t('Resume') : t('Pause')}</MenuItem>
            <MenuLine />
            <MenuItem danger icon={<Trash2 aria-hidden />} blocked={blockedRemove} onSelect={onRemove}>{t('Remove')}</MenuItem>
          </Menu>
        </div>
      </div>
      <div className="grid gap-2 border-t border-line px-4 py-3 text-[12px] text-ink-2">
        <p>{wordsOf(c)}</p>
        {c.failing && <p className="text-bad">{rich('Nothing gets through since {when}: {message}', { when: <Ago at={c.failing.since} />, message: c.failing.message })}</p>}
        <div role="status">
          {failed && <ProblemNote problem={toProblem(failed)} />}
          {!failed && c.tested && <p className={c.tested.ok ? 'text-ok' : 'text-bad'}>{rich('Tested {when}: {message}', { when: <Ago at={c.tested.at} />, message: c.tested.message })}</p>}
        </div>
        <ChannelDeliveries channel={c.id} />
      </div>
    </Panel>
  );
};

const State = ({ channel: { state, failing } }: { readonly channel: ChannelRow }): ReactNode =>
  (state === 'paused' ? <StatusPill tone="idle">{t('Paused')}</StatusPill> : failing ? <StatusPill tone="bad">{t('Does not get through')}</StatusPill> : <StatusPill tone="ok">{t('Active')}</StatusPill>);

/** What is sent and when, in a sentence or two. */
const wordsOf = ({ filter, quiet, digest }: ChannelRow): string => [
  filter.severities.length === 0 ? t('Everything') : filter.severities.map(s => SEVERITY_WORDS[s].many).join(', '),
  ...(filter.services.length === 0 ? [] : [filter.services.map(s => SERVICE_WORDS[s] ?? s).join(', ')]),
  digest.every === 'none' ? t('as it happens') : digest.every === 'hourly' ? t('every hour') : t('every morning at eight'),
  ...(quiet === null ? [] : [t('quiet from {from} to {to} ({zone})', { from: quiet.from, to: quiet.to, zone: quiet.time_zone })]),
].join(' · ');
