import { Plus } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { connectProvider } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_ALLOWED } from '../members/members-page.js';
import { describeAccount } from '../providers/accounts.js';
import { KeyForm } from '../providers/key-form.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ChoiceCard } from '../ui/choice.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import type { StepProps } from './wizard-page.js';

/** Whose account pays: one that is connected, or a new one by its key. */
export const AccountStep = ({ draft, set, kind, accounts, next }: StepProps): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(maySend(tenant, connectProvider));
  const mine = accounts.filter(a => a.kind === draft.kind);
  const [adding, setAdding] = useState(false);
  const chosen = mine.find(a => a.id === draft.account);
  const done = (id: string): void => { set({ account: id }); setAdding(false); toast(t('Account connected'), t('Its key is good, and lies in the vault.')); next(); };
  if (!kind) return null;
  return (
    <div className="grid gap-4">
      {mine.length > 0 && (
        <fieldset className="grid gap-2">
          <legend className="sr-only">{t('Account')}</legend>
          {mine.map(account => (
            <ChoiceCard key={account.id} name="account" value={account.id} checked={draft.account === account.id} onChoose={value => set({ account: value })}>
              <span className="flex flex-wrap items-baseline justify-between gap-x-3"><span className="font-medium text-ink">{account.name}</span><span className="font-mono text-[12px] text-ink-3">{describeAccount(account)}</span></span>
              {account.state === 'refused' && <span className="mt-0.5 block text-[13px] text-bad">{t('Its key is refused.')}</span>}
            </ChoiceCard>
          ))}
        </fieldset>
      )}
      {chosen?.state === 'refused' && !adding && (
        <div className="grid gap-4">
          {chosen.reason && <ProblemNote problem={{ ...chosen.reason, retryable: false }} />}
          {may && <KeyForm key={chosen.id} kind={kind} account={chosen} onDone={() => { toast(t('Key replaced'), chosen.name); next(); }} />}
        </div>
      )}
      {mine.length > 0 && !adding && <div><Button size="sm" icon={<Plus aria-hidden className="size-3.5" />} blocked={may ? undefined : NOT_ALLOWED} onClick={() => setAdding(true)}>{t('Another account')}</Button></div>}
      {(mine.length === 0 || adding) && (may
        ? <div className={mine.length > 0 ? 'border-t border-line pt-4' : ''}><KeyForm kind={kind} onDone={done} onCancel={mine.length > 0 ? () => setAdding(false) : undefined} /></div>
        : <p className="text-[13px] text-ink-2">{t('No account of {title} is connected, and your role doesn’t allow you to connect one. Ask an owner or administrator.', { title: kind.title })}</p>)}
    </div>
  );
};
