import { useMemo, type ReactNode } from 'react';
import { formatMoney } from '../lib/money.js';
import { toProblem } from '../lib/problem.js';
import { ProviderProblem } from '../providers/provider-problem.js';
import { t } from '../texts/text.js';
import { ChoiceCard } from '../ui/choice.js';
import { SkeletonRows } from '../ui/panel.js';
import { placeRows } from './offers.js';
import { useLocations, useTypes } from './use-catalogue.js';
import type { StepProps } from './wizard-page.js';

const countries = new Intl.DisplayNames('en', { type: 'region' });
const countryName = (code: string): string => { try { return /^[A-Z]{2}$/.test(code) ? countries.of(code) ?? code : code; } catch { return code; } };

export const LocationStep = ({ draft, set, kind }: StepProps): ReactNode => {
  const places = useLocations(draft.account);
  const types = useTypes(draft.account);
  const rows = useMemo(() => placeRows(places.data ?? [], types.data), [places.data, types.data]);
  if (places.error && !places.data) return <ProviderProblem problem={toProblem(places.error)} onRetry={() => void places.refetch()} />;
  if (!places.data) return <SkeletonRows rows={3} label={t('Asking the provider for its locations')} />;
  return (
    <>
      <fieldset className="grid gap-2 sm:grid-cols-2">
        <legend className="sr-only">{t('Location')}</legend>
        {rows.map(({ location, from, blocked }) => (
          <ChoiceCard key={location.name} name="location" value={location.name} checked={draft.location === location.name} blocked={blocked !== undefined} onChoose={value => set({ location: value })}>
            <span className="flex items-baseline justify-between gap-2"><span className="font-medium text-ink">{location.city || location.description || location.name}</span><span className="font-mono text-[12px] text-ink-3">{location.name}</span></span>
            <span className="mt-0.5 flex items-baseline justify-between gap-2 text-[13px] text-ink-2">
              <span>{countryName(location.country)}</span>
              {from && types.data && kind?.capabilities.prices !== false && <span className="figure text-[12px] text-ink-3">{t('from {gross} a month', { gross: formatMoney(from.gross, types.data.pricing.currency) })}</span>}
            </span>
            {blocked && <span className="mt-0.5 block text-[13px] text-warn">{blocked}</span>}
          </ChoiceCard>
        ))}
      </fieldset>
      {types.error && !types.data && <ProviderProblem className="mt-3" problem={toProblem(types.error)} onRetry={() => void types.refetch()} />}
    </>
  );
};
