import { useNavigate, useSearch } from '@tanstack/react-router';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { clsx } from 'clsx';
import { useMemo, type ReactNode } from 'react';
import type { Catalogue } from '../contracts.js';
import { formatMoney } from '../lib/money.js';
import { toProblem } from '../lib/problem.js';
import { ProviderProblem } from '../providers/provider-problem.js';
import { rich, t } from '../texts/text.js';
import { Ago, useNow } from '../ui/ago.js';
import { Choice } from '../ui/choice.js';
import { SkeletonRows } from '../ui/panel.js';
import { SORTS, type TypeSort, type WizardSearch } from './draft.js';
import { formatDisk, formatMemory, typeRows, type TypeRow } from './offers.js';
import { useLocations, useTypes } from './use-catalogue.js';
import type { StepProps } from './wizard-page.js';

const SORT_WORDS: Readonly<Record<TypeSort, string>> = { price: t('Price'), cpus: 'CPU', memory: t('Memory') };
const ARCHES = [[undefined, t('All')], ['x86', 'x86'], ['arm', t('Arm')]] as const;
const MINUTE = 60_000;
const toggle = (on: boolean): string => clsx('h-8 rounded-md border px-2.5 text-[13px]', on ? 'border-accent bg-accent-wash text-ink' : 'border-line text-ink-2 hover:bg-raised');

export const TypeStep = ({ draft, set, kind }: StepProps): ReactNode => {
  const { arch, sort = 'price', desc = false } = useSearch({ from: '/shell/servers/new' });
  const types = useTypes(draft.account);
  const places = useLocations(draft.account);
  const now = useNow(MINUTE);
  const cities = useMemo(() => new Map((places.data ?? []).map(l => [l.name, l.city || l.name])), [places.data]);
  const rows = useMemo(() => (types.data ? typeRows(types.data, draft.location, { arch, sort, desc }, cities, now) : []), [types.data, draft.location, arch, sort, desc, cities, now]);
  if (types.error && !types.data) return <ProviderProblem problem={toProblem(types.error)} onRetry={() => void types.refetch()} />;
  if (!types.data) return <SkeletonRows rows={5} label={t('Asking the provider for types and prices')} />;
  const { pricing, as_of } = types.data;
  const priced = kind?.capabilities.prices !== false;
  return (
    <>
      <Toolbar arch={arch} sort={sort} desc={desc} arches={new Set(types.data.types.map(t => t.architecture)).size > 1} />
      {types.error && <ProviderProblem className="mb-3" problem={toProblem(types.error)} onRetry={() => void types.refetch()} />}
      <fieldset className="overflow-hidden rounded-lg border border-line-strong">
        <legend className="sr-only">{t('Type')}</legend>
        <div className="divide-y divide-line">
          {rows.map(row => <TypeChoice key={row.type.name} row={row} currency={priced ? pricing.currency : undefined} checked={draft.type === row.type.name} onChoose={value => set({ type: value, seen: row.cost?.monthly.gross ?? '' })} />)}
        </div>
        {rows.length === 0 && <p className="p-6 text-center text-[13px] text-ink-2">{t('No type fits the filter.')}</p>}
      </fieldset>
      <p className="mt-2 text-[12px] text-ink-3">{priced ? pricing.ipv4.length > 0 ? t('Prices with {percent} VAT and an IPv4 address.', { percent: formatPercentText(pricing.vat_percent) }) : t('Prices with {percent} VAT.', { percent: formatPercentText(pricing.vat_percent) }) : t('They cost nothing.')}{' '}{rich('As of {when}; asked again every minute.', { when: <Ago at={as_of} /> })}</p>
    </>
  );
};

const formatPercentText = (percent: Catalogue['pricing']['vat_percent']): string => `${percent.includes('.') ? percent.replace(/\.?0+$/, '') : percent} %`;

interface ToolbarProps { readonly arch: 'x86' | 'arm' | undefined; readonly sort: TypeSort; readonly desc: boolean; readonly arches: boolean }

const Toolbar = ({ arch, sort, desc, arches }: ToolbarProps): ReactNode => {
  const navigate = useNavigate();
  const go = (change: { arch?: 'x86' | 'arm' | undefined; sort?: TypeSort; desc?: boolean }): void =>
    void navigate({
      to: '/servers/new', replace: true, resetScroll: false,
      search: before => {
        const next = { arch, sort, desc, ...change };
        return { ...(before.step ? { step: before.step } : {}), ...(next.arch ? { arch: next.arch } : {}), ...(next.sort !== 'price' ? { sort: next.sort } : {}), ...(next.desc ? { desc: true as const } : {}) } satisfies WizardSearch;
      },
    });
  const Arrow = desc ? ArrowDown : ArrowUp;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
      {arches && <div role="group" aria-label={t('Architecture')} className="flex gap-1">{ARCHES.map(([key, label]) => <button key={label} type="button" aria-pressed={arch === key} onClick={() => go({ arch: key })} className={toggle(arch === key)}>{label}</button>)}</div>}
      <div role="group" aria-label={t('Sort by')} className="flex gap-1 sm:ml-auto">
        {SORTS.map(s => (
          <button key={s} type="button" aria-pressed={sort === s} aria-label={sort === s ? `${SORT_WORDS[s]}, ${desc ? t('highest first') : t('lowest first')}` : SORT_WORDS[s]} onClick={() => go(sort === s ? { desc: !desc } : { sort: s, desc: false })} className={clsx(toggle(sort === s), 'inline-flex items-center gap-1')}>
            {SORT_WORDS[s]}{sort === s && <Arrow aria-hidden className="size-3.5" />}
          </button>
        ))}
      </div>
    </div>
  );
};

const Cell = ({ value, label, blocked }: { readonly value: ReactNode; readonly label: string; readonly blocked: boolean }): ReactNode => (
  <span className="whitespace-nowrap"><span className={clsx('figure', blocked ? 'text-ink-3' : 'text-ink')}>{value}</span> <span className="text-[12px] text-ink-3">{label}</span></span>
);

const TypeChoice = ({ row: { type, cost, blocked, deprecated }, currency, checked, onChoose }: { readonly row: TypeRow; readonly currency: string | undefined; readonly checked: boolean; readonly onChoose: (value: string) => void }): ReactNode => {
  const off = blocked !== undefined;
  return (
    <Choice name="type" value={type.name} checked={checked} blocked={off} onChoose={onChoose} className="px-3 py-2.5">
      <span className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 text-[13px] sm:grid-cols-[8.5rem_minmax(0,1fr)_auto]">
        <span className="flex min-w-0 items-center gap-2.5">
          <span aria-hidden className={clsx('grid size-4 shrink-0 place-items-center rounded-full border', checked ? 'border-accent' : off ? 'border-line' : 'border-line-strong')}>{checked && <span className="size-2 rounded-full bg-accent" />}</span>
          <span className="min-w-0"><span className={clsx('block truncate font-medium', off ? 'text-ink-3' : 'text-ink')}>{type.name}</span><span className="block text-[12px] text-ink-3">{type.architecture === 'arm' ? t('Arm') : t('x86')}{type.cpu_kind === 'dedicated' && t(', dedicated')}</span></span>
        </span>
        <span className="order-last col-span-2 mt-1 flex flex-wrap gap-x-4 pl-6.5 sm:order-none sm:col-span-1 sm:mt-0 sm:grid sm:grid-cols-[4.5rem_7.5rem_minmax(0,1fr)] sm:pl-0">
          <Cell blocked={off} value={type.cpus} label={t('{cpus, plural, one {CPU} other {CPUs}}', { cpus: type.cpus })} /><Cell blocked={off} value={formatMemory(type.memory_bytes)} label={t('memory')} />{type.disk_bytes > 0 && <Cell blocked={off} value={formatDisk(type.disk_bytes)} label={t('disk')} />}
        </span>
        <span className="text-right">{!currency && <span className="text-[12px] text-ink-3">{t('free')}</span>}{cost && currency && <><span className={clsx('figure block font-medium', off ? 'text-ink-3' : 'text-ink')}>{formatMoney(cost.monthly.gross, currency)}<span className="sr-only">{' '}{t('a month')}</span><span aria-hidden className="text-[12px] font-normal text-ink-3">{' '}{t('/ month')}</span></span><span className="figure block text-[12px] text-ink-3">{formatMoney(cost.hourly.gross, currency, 4)}<span className="sr-only">{' '}{t('an hour')}</span><span aria-hidden>{' '}{t('/ hour')}</span></span></>}</span>
      </span>
      {(blocked ?? deprecated) && <span className={clsx('mt-1 block pl-6.5 text-[12px]', off ? 'text-ink-2' : 'text-warn')}>{blocked ?? deprecated}</span>}
    </Choice>
  );
};
