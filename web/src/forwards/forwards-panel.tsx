import { useMutation } from '@tanstack/react-query';
import { Clock, ExternalLink, Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import type { Forward } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { usePersons } from '../members/use-names.js';
import { NOT_YOURS } from '../server/actions.js';
import { t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Button, buttonClass, IconButton } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { Panel } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListStates, Tag } from '../ui/row-list.js';
import { toastProblem } from '../ui/toaster.js';
import { closeForward, enterForward, enterLink, extendForward, openForward, useForwards } from './forwards.data.js';
import { OpenPortDialog } from './open-port-dialog.js';
import { useForwardAddress, type ForwardAddress } from './use-address.js';
import { endWord, leftWord, placeOf } from './words.js';
import { Why } from '../why/why.js';

/** Ports that are open at an address, of a server or of all; and how another one is opened. */
export const ForwardsPanel = ({ server }: { readonly server?: string }): ReactNode => {
  const client = useClient();
  const all = useForwards();
  const mayOpen = useCan(maySend(client.tenant, openForward));
  const address = useForwardAddress();
  const [opening, setOpening] = useState(false);
  const rows = [...all.rows.values()].filter(f => server === undefined || f.server === server).toSorted((a, b) => (a.state === b.state ? b.opened_at.localeCompare(a.opened_at) : a.state === 'open' ? -1 : 1));
  const blocked = !mayOpen ? NOT_YOURS : address.missing ?? (address.loading ? t('A moment.') : undefined);
  return (
    <Panel flush title={t('Open ports')} aside={<Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} blocked={blocked} onClick={() => setOpening(true)}>{t('Open a port…')}</Button>}>
      {address.problem && <ProblemNote className="m-3" problem={address.problem} onRetry={address.retry} />}
      {address.missing && <ProblemNote tone="warn" className="m-3" problem={{ code: 'FORWARD.NO_HOST', message: t('Ports cannot be opened in this installation yet.'), advice: address.missing, retryable: false }} />}
      <ListStates of={all} what={t('open ports')} right="terminals.forward.read" count={rows.length} empty={<p className="px-4 py-5 text-[13px] text-ink-3">{t('No port is open. An application that listens on a server, even on 127.0.0.1 alone, can be looked at from here.')}</p>}>
        <ul aria-label={t('Open ports')} className="divide-y divide-line">{rows.map(f => <Row key={f.id} forward={f} address={address} all={server === undefined} />)}</ul>
      </ListStates>
      {opening && <OpenPortDialog server={server} onClose={() => setOpening(false)} />}
    </Panel>
  );
};

const Row = ({ forward: f, address, all }: { readonly forward: Forward; readonly address: ForwardAddress; readonly all: boolean }): ReactNode => {
  const { user } = useClient();
  const persons = usePersons();
  const nameOf = (person: string): string => (person === user.id ? t('You') : persons.get(person)?.name ?? t('Somebody'));
  const open = f.state === 'open';
  const shown = address.of(f.label);
  const others = f.entered.map(e => e.person).filter(p => p !== f.owner);
  return (
    <li data-testid="forward" data-forward={f.id} data-state={f.state} className="group/fact flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2.5 text-[13px]">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{f.title}{f.share === 'tenant' && <Tag>{t('shared')}</Tag>} <Why service="terminals" view="forwards" id={f.id} path="" name={f.title} /></p>
        <p className="text-[12px] text-ink-3">{all ? placeOf(f) : placeOf({ ...f, server_name: t('Port') }).replace(' · ', ' ')} · {nameOf(f.owner)}{others.length > 0 && ` · ${others.length === 1 && others[0] !== user.id ? t('{names} was here', { names: others.map(nameOf).join(', ') }) : t('{names} were here', { names: others.map(nameOf).join(', ') })}`}</p>
        {open && shown && <p className="flex min-w-0 items-center gap-0.5"><code className="truncate font-mono text-[12px] text-ink-2">{shown}</code><CopyButton text={shown} label={t('Copy address')} /></p>}
      </div>
      {open ? <Open forward={f} /> : <span className="text-[12px] text-ink-3">{endWord(f)} <Ago at={f.closed_at ?? f.ends_at} /></span>}
    </li>
  );
};

const Open = ({ forward: f }: { readonly forward: Forward }): ReactNode => {
  const client = useClient();
  const now = useNow();
  const mayEnter = useCan(maySend(client.tenant, enterForward, f.id)) && (f.share === 'tenant' || f.owner === client.user.id);
  const mayExtend = useCan(maySend(client.tenant, extendForward, f.id)) && f.owner === client.user.id;
  const mayClose = useCan(maySend(client.tenant, closeForward, f.id));
  const extend = useMutation({ mutationFn: () => extendForward(client, f.id, { minutes: 60 }), onError: toastProblem });
  const close = useMutation({ mutationFn: () => closeForward(client, f.id, {}), onError: toastProblem });
  return (
    <div className="ml-auto flex items-center gap-1.5">
      <span className="figure mr-1 whitespace-nowrap text-[12px] text-ink-3">{leftWord(f.ends_at, now)}</span>
      {mayExtend && <IconButton label={t('An hour from now for {title}', { title: f.title })} disabled={extend.isPending} onClick={() => extend.mutate()}><Clock aria-hidden className="size-4" /></IconButton>}
      {mayEnter ? <a href={enterLink(f.id)} target="_blank" rel="noopener" className={buttonClass('secondary', 'sm')}><ExternalLink aria-hidden className="size-3.5" />{t('Open')}</a> : <span className="text-[12px] text-ink-3">{t('not for you')}</span>}
      {mayClose && <IconButton label={t('Close {title}', { title: f.title })} disabled={close.isPending} onClick={() => close.mutate()}><X aria-hidden className="size-4" /></IconButton>}
    </div>
  );
};
