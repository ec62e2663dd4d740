import { useMemo, type ReactNode } from 'react';
import { Link } from '@tanstack/react-router';
import { useSshKeys } from '../keys/keys.data.js';
import { toProblem } from '../lib/problem.js';
import { ProviderProblem } from '../providers/provider-problem.js';
import { rich, t } from '../texts/text.js';
import { Field, SelectField } from '../ui/field.js';
import { Facts, Skeleton } from '../ui/panel.js';
import { CloudInit } from './cloud-init.js';
import { NameField } from './name-field.js';
import { describeType } from './offers.js';
import { PricePanel } from './price-panel.js';
import { portOf, wantedOf } from './review-model.js';
import { stepSearch } from './step-trail.js';
import { allTimeZones, ownTimeZone } from './time-zones.js';
import type { Order } from './use-order.js';
import type { StepProps } from './wizard-page.js';

/** Everything once more, and what is left to say: name, time zone, keys. */
export const ReviewStep = ({ draft, set, kind, accounts, order }: StepProps & { readonly order: Order }): ReactNode => {
  const { types, places, images, offer, image } = order;
  const place = places.data?.find(l => l.name === draft.location);
  const account = accounts.find(a => a.id === draft.account);
  const own = ownTimeZone();
  const zones = useMemo(() => [...new Set([own, ...allTimeZones()])], [own]);
  return (
    <div className="grid gap-6">
      <NameField value={draft.name} onChange={name => { order.forget(); set({ name }); }} check={order.check} problem={order.nameProblem} />
      <section aria-label={t('Price')} className="rounded-lg border border-line bg-sunken p-3">
        {offer?.changed && <p role="status" className="mb-2 text-[13px] text-warn">{offer.changed}</p>}
        {offer?.blocked && <p role="alert" className="mb-2 text-[13px] text-bad">{offer.blocked} <Link to="/servers/new" search={stepSearch('type')} className="underline underline-offset-2">{t('Choose another type')}</Link></p>}
        {offer && types.data && kind?.capabilities.prices !== false ? <PricePanel cost={offer.cost} pricing={types.data.pricing} />
          : offer ? <p className="text-[13px] text-ink-2">{t('It costs nothing.')}</p>
            : types.error ? <ProviderProblem problem={toProblem(types.error)} onRetry={() => void types.refetch()} /> : <Skeleton className="h-24" />}
      </section>
      <Facts rows={[
        [t('Account'), `${account?.name ?? '–'} (${kind?.title ?? draft.kind})`], [t('Location'), place ? `${place.city || place.description} (${place.name})` : draft.location], [t('Type'), offer ? `${offer.type.name}: ${describeType(offer.type)}` : draft.type],
        [t('Set up with'), t('K3s, Helm and Traefik')],
      ]} />
      <SelectField label={t('Time zone')} value={draft.time_zone || own} onChange={e => set({ time_zone: e.target.value })} hint={t('Of the machine’s clock and log. Yours is chosen.')}>{zones.map(z => <option key={z}>{z}</option>)}</SelectField>
      <Keys draft={draft} set={set} />
      <details className="group" open={portOf(draft) === undefined || undefined}>
        <summary className="text-[13px] text-ink-2">{t('Advanced: image, SSH port, what the machine is told')}</summary>
        <div className="mt-3 grid gap-4">
          <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_8rem]">
            <SelectField label={t('Image')} value={image} onChange={e => set({ image: e.target.value })} hint={images.error ? t('The provider could not be asked; its usual one is taken.') : t('Only systems that the set-up is made for.')}>
              {order.fitting.map(i => <option key={i.ref} value={i.ref}>{i.description || i.name}</option>)}
              {order.fitting.length === 0 && <option value="">{t('Ubuntu 24.04')}</option>}
            </SelectField>
            <Field label={t('SSH port')} mono inputMode="numeric" value={draft.port} onChange={e => set({ port: e.target.value.replaceAll(/\D/g, '').slice(0, 5) })} problem={portOf(draft) === undefined ? t('1 to 65535') : undefined} />
          </div>
          <CloudInit wanted={wantedOf(draft, image, own)} ready={order.check.state !== 'bad' && order.check.state !== 'empty' && portOf(draft) !== undefined} />
        </div>
      </details>
    </div>
  );
};

const Keys = ({ draft, set }: Pick<StepProps, 'draft' | 'set'>): ReactNode => {
  const { rows } = useSshKeys();
  const keys = [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
  const toggle = (id: string, on: boolean): void => set({ ssh_keys: on ? [...draft.ssh_keys, id] : draft.ssh_keys.filter(k => k !== id) });
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[13px] font-medium">{t('Who may log in by SSH')}</legend>
      <p className="text-[13px] text-ink-3">{t('Xanthus makes a key of its own for this server. Add those of people who shall get in too.')}</p>
      {keys.map(key => (
        <label key={key.id} className="flex items-start gap-2 text-[13px]">
          <input type="checkbox" checked={draft.ssh_keys.includes(key.id)} onChange={e => toggle(key.id, e.target.checked)} className="mt-0.5 size-4 accent-(--accent)" />
          <span className="min-w-0">{key.name}<span className="block truncate font-mono text-[12px] text-ink-3">{key.fingerprint}</span></span>
        </label>
      ))}
      {keys.length === 0 && <p className="text-[13px] text-ink-2">{rich('There are none yet. <link>Add one</link>; what you entered here is kept.', { link: <Link to="/ssh-keys" className="text-accent-ink underline underline-offset-2" /> })}</p>}
    </fieldset>
  );
};
