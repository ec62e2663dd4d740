import { Link } from '@tanstack/react-router';
import { Plug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ProviderKind } from '../contracts.js';
import { rich, t } from '../texts/text.js';
import { ChoiceCard } from '../ui/choice.js';
import type { StepProps } from './wizard-page.js';

/** Where the machine shall be. A provider of which there is an account comes first. */
export const ProviderStep = ({ draft, set, kinds, accounts }: StepProps): ReactNode => {
  const has = (kind: ProviderKind): number => accounts.filter(a => a.kind === kind.kind).length;
  const shown = kinds.toSorted((a, b) => Number(has(b) > 0) - Number(has(a) > 0));
  return (
    <>
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="sr-only">{t('Provider')}</legend>
        {shown.map(kind => (
          <ChoiceCard key={kind.kind} name="provider" value={kind.kind} checked={draft.kind === kind.kind} blocked={!kind.available} onChoose={value => set({ kind: value, account: accounts.find(a => a.kind === value)?.id ?? '' })}>
            <span className="flex items-baseline justify-between gap-2"><span className="font-medium text-ink">{kind.title}</span>{has(kind) > 0 && <span className="text-[12px] text-ink-3">{t('{has, plural, one {1 account} other {# accounts}}', { has: has(kind) })}</span>}</span>
            <span className="mt-0.5 block text-[13px] text-ink-2">{kind.summary}</span>
            {!kind.available && <span className="mt-1 block text-[13px] text-warn">{kind.reason ?? t('Not available here.')}</span>}
          </ChoiceCard>
        ))}
      </fieldset>
      <p className="mt-3 flex items-start gap-2 text-[13px] text-ink-2"><Plug aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-3" /><span>{rich('Is there a machine already? <link>Adopt it</link> by SSH; no account is needed.', { link: <Link to="/servers/adopt" className="text-accent-ink underline underline-offset-2" /> })}</span></p>
    </>
  );
};
