import { Link } from '@tanstack/react-router';
import { useMutation } from '@tanstack/react-query';
import { Ellipsis, KeyRound, Pencil, Plug, Plus, RotateCw, Store, Unplug } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { connectProvider, type ProviderAccount, type ProviderKind } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { useServers } from '../servers/servers.data.js';
import { BudgetPanel } from '../tenancy/provider-budgets.js';
import { rich, t } from '../texts/text.js';
import { Ago } from '../ui/ago.js';
import { Button, buttonClass, IconButton } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { ListRow, ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { describeAccount } from './accounts.js';
import { KeyForm } from './key-form.js';
import { checkProvider, disconnectProvider, useAccountBudgets, useAccounts, useKinds } from './providers.data.js';
import { RenameAccount } from './rename-account.js';

type Open = { readonly what: 'connect'; readonly kind: ProviderKind } | { readonly what: 'replace' | 'rename' | 'disconnect'; readonly account: ProviderAccount };

/** Accounts where machines are rented, and the ways to get another. */
export const ProvidersPage = (): ReactNode => {
  const list = useAccounts();
  const kinds = useKinds();
  const [open, setOpen] = useState<Open>();
  const close = (): void => setOpen(undefined);
  const kindOf = (account: ProviderAccount): ProviderKind | undefined => kinds.data?.find(k => k.kind === account.kind);
  const replaced = open?.what === 'replace' ? kindOf(open.account) : undefined;
  return (
    <Page title={t('Providers')}>
      <PageBody narrow>
        <div className="grid gap-4">
          <ListStates of={list} what={t('accounts at providers')} right="vps.provider.read" count={list.accounts.length} empty={<EmptyState icon={<Store />} title={t('No provider yet')}>{t('Connect an account with an API key, and Xanthus makes servers there for you. Where to get a key stands with each provider below.')}</EmptyState>}>
            <Panel title={t('Accounts')} flush>
              <ul aria-label={t('Accounts at providers')} className="divide-y divide-line">
                {list.accounts.map(account => <Account key={account.id} account={account} title={kindOf(account)?.title ?? account.kind} hasKey={kindOf(account)?.key !== null} onOpen={what => setOpen({ what, account })} />)}
              </ul>
            </Panel>
          </ListStates>
          {list.status !== 'denied' && <Kinds of={kinds} accounts={list.accounts} onConnect={kind => setOpen({ what: 'connect', kind })} />}
          <Budgets accounts={list.accounts} />
        </div>
      </PageBody>
      <Dialog open={open?.what === 'connect'} onOpenChange={o => { if (!o) close(); }} wide title={open?.what === 'connect' ? t('Connect {title}', { title: open.kind.title }) : ''}>
        {open?.what === 'connect' && <KeyForm kind={open.kind} onCancel={close} onDone={() => { toast(t('{title} connected', { title: open.kind.title }), t('The key is good.')); close(); }} />}
      </Dialog>
      <Dialog open={open?.what === 'replace'} onOpenChange={o => { if (!o) close(); }} wide title={open?.what === 'replace' ? t('Replace the key of {name}', { name: open.account.name }) : ''} description={t('The new key is tried first. The old one is destroyed here; revoke it at the provider too.')}>
        {open?.what === 'replace' && replaced && <KeyForm kind={replaced} account={open.account} onCancel={close} onDone={() => { toast(t('Key replaced'), open.account.name); close(); }} />}
      </Dialog>
      <Dialog open={open?.what === 'rename'} onOpenChange={o => { if (!o) close(); }} title={open?.what === 'rename' ? t('Rename {name}', { name: open.account.name }) : ''}>
        {open?.what === 'rename' && <RenameAccount account={open.account} onDone={close} />}
      </Dialog>
      <Disconnect account={open?.what === 'disconnect' ? open.account : undefined} title={open?.what === 'disconnect' ? kindOf(open.account)?.title ?? open.account.kind : ''} onClose={close} />
    </Page>
  );
};

interface AccountProps { readonly account: ProviderAccount; readonly title: string; readonly hasKey: boolean; readonly onOpen: (what: 'replace' | 'rename' | 'disconnect') => void }

const Account = ({ account, title, hasKey, onOpen }: AccountProps): ReactNode => {
  const client = useClient();
  const may = useCan(maySend(client.tenant, connectProvider));
  const users = useUsers(account.id);
  const check = useMutation({
    mutationFn: () => checkProvider(client, account.id, {}), onError: toastProblem,
    onSuccess: ({ state }) => toast(state === 'connected' ? t('The key is good') : t('{title} refuses the key', { title }), account.name),
  });
  const refused = account.state === 'refused';
  return (
    <>
      <ListRow icon={<Store />} title={account.name} why={{ service: 'vps', view: 'providers', id: account.id, name: account.name }} text={<>{rich('{title} · {account} · checked {when}', { title, account: describeAccount(account), when: <Ago at={account.checked_at} /> })}{users.length > 0 && <> · {t('{users, plural, one {1 server} other {# servers}}', { users: users.length })}</>}</>}
        aside={<span data-testid="account-state" data-state={account.state}><StatusPill tone={refused ? 'bad' : 'ok'}>{refused ? t('Key refused') : t('Connected')}</StatusPill></span>}
        actions={(
          <Menu trigger={<IconButton label={t('Actions for {name}', { name: account.name })}><Ellipsis aria-hidden className="size-4" /></IconButton>}>
            <MenuItem icon={<RotateCw aria-hidden />} onSelect={() => check.mutate()} blocked={may ? undefined : NOT_ALLOWED}>{t('Check now')}</MenuItem>
            {hasKey && <MenuItem icon={<KeyRound aria-hidden />} onSelect={() => onOpen('replace')} blocked={may ? undefined : NOT_ALLOWED}>{t('Replace key…')}</MenuItem>}
            <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onOpen('rename')} blocked={may ? undefined : NOT_ALLOWED}>{t('Rename…')}</MenuItem>
            <MenuLine />
            <MenuItem danger icon={<Unplug aria-hidden />} onSelect={() => onOpen('disconnect')} blocked={!may ? NOT_ALLOWED : users.length > 0 ? t('Still used by {nameSome}.', { nameSome: nameSome(users) }) : undefined}>{t('Disconnect…')}</MenuItem>
          </Menu>
        )} />
      {refused && account.reason && (
        <li className="px-4 py-3"><ProblemNote problem={{ ...account.reason, retryable: false }} /><div className="mt-2 flex justify-end gap-2"><Button size="sm" busy={check.isPending} onClick={() => check.mutate()}>{t('Check again')}</Button>{may && hasKey && <Button size="sm" kind="primary" onClick={() => onOpen('replace')}>{t('Replace key')}</Button>}</div></li>
      )}
    </>
  );
};

/** How many calls each account has left; of those that were asked something. */
const Budgets = ({ accounts }: { readonly accounts: readonly ProviderAccount[] }): ReactNode => {
  const { rows } = useAccountBudgets();
  return <BudgetPanel of={accounts.flatMap(a => { const budget = rows.get(a.id); return budget ? [{ ...budget, key: a.id, name: a.name }] : []; })} />;
};

/** Servers that an account pays for. */
const useUsers = (account: string): readonly string[] => {
  const { rows } = useServers();
  return [...rows.values()].filter(s => s.provider_id === account).map(s => s.name);
};
const nameSome = (names: readonly string[]): string => (names.length > 3 ? t('{names} and {n} more', { names: names.slice(0, 2).join(', '), n: names.length - 2 }) : names.join(', '));

interface KindsProps { readonly of: ReturnType<typeof useKinds>; readonly accounts: readonly ProviderAccount[]; readonly onConnect: (kind: ProviderKind) => void }

const Kinds = ({ of: { data, error, refetch }, accounts, onConnect }: KindsProps): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, connectProvider));
  if (error) return <ProblemNote problem={toProblem(error)} onRetry={() => void refetch()} />;
  return (
    <Panel title={t('Add a provider')} flush>
      {!data && <SkeletonRows rows={3} label={t('Loading providers')} />}
      <ul aria-label={t('Providers')} className="divide-y divide-line">
        {data?.map(kind => (
          <ListRow key={kind.kind} icon={<Store />} title={kind.title} text={<>{kind.summary}{kind.key && <span className="mt-0.5 block">{kind.key.help}</span>}{!kind.available && <span className="mt-0.5 block text-warn">{kind.reason ?? t('Not available here.')}</span>}</>}
            actions={<Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} onClick={() => onConnect(kind)}
              blocked={!may ? NOT_ALLOWED : !kind.available ? kind.reason ?? t('Not available here.') : !kind.key && accounts.some(a => a.kind === kind.kind) ? t('It is connected already.') : undefined}>{kind.key ? t('Connect') : t('Use')}<span className="sr-only"> {kind.title}</span></Button>} />
        ))}
        {data && <ListRow icon={<Plug />} title={t('A machine of your own')} text={t('Any machine that you reach by SSH, from whatever provider. No account is needed.')} actions={<Link to="/servers/adopt" className={buttonClass('secondary', 'sm')}>{t('Adopt')}</Link>} />}
      </ul>
    </Panel>
  );
};

const Disconnect = ({ account, title, onClose }: { readonly account: ProviderAccount | undefined; readonly title: string; readonly onClose: () => void }): ReactNode => {
  const client = useClient();
  return (
    <ConfirmDialog open={account !== undefined} onClose={onClose} title={t('Disconnect {name}?', { name: account?.name ?? '' })} action={t('Disconnect')}
      effect={account?.hint ? t('The key {hint} is destroyed here. Nothing at {title} is changed; you can connect it again with a key.', { hint: account.hint, title }) : t('Nothing at {title} is changed; you can connect it again.', { title })}
      run={() => disconnectProvider(client, account?.id ?? '', {})} onDone={() => toast(t('Provider disconnected'), account?.name)} />
  );
};
