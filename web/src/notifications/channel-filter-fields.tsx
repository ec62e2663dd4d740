import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Field, SelectField } from '../ui/field.js';
import type { Draft } from './channel-draft.js';
import { SERVICE_WORDS, SEVERITIES, SEVERITY_WORDS } from './words.js';

interface Props { readonly draft: Draft; readonly set: (change: Partial<Draft>) => void }

const Check = ({ label, checked, onChange }: { readonly label: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void }): ReactNode => (
  <label className="inline-flex items-center gap-2 text-[13px]"><input type="checkbox" className="size-4 accent-accent" checked={checked} onChange={e => onChange(e.target.checked)} />{label}</label>
);
const toggled = <T,>(list: readonly T[], one: T, on: boolean): readonly T[] => (on ? [...list.filter(x => x !== one), one] : list.filter(x => x !== one));

/** Which notices are sent, and when. */
export const ChannelFilterFields = ({ draft, set }: Props): ReactNode => (
  <>
    <fieldset className="grid gap-2"><legend className="mb-1 text-[13px] font-medium">{t('What is sent')}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2">{SEVERITIES.map(s => <Check key={s} label={SEVERITY_WORDS[s].many} checked={draft.severities.includes(s)} onChange={on => set({ severities: toggled(draft.severities, s, on) })} />)}<Check label={t('When something is over')} checked={draft.resolved} onChange={resolved => set({ resolved })} /></div>
      <div className="flex flex-wrap gap-x-5 gap-y-2" role="group" aria-label={t('About')}>{Object.entries(SERVICE_WORDS).map(([service, label]) => <Check key={service} label={label} checked={draft.services.length === 0 || draft.services.includes(service)} onChange={on => set({ services: servicesAfter(draft.services, service, on) })} />)}</div>
    </fieldset>
    <fieldset className="grid gap-3"><legend className="mb-1 text-[13px] font-medium">{t('When')}</legend>
      <SelectField label={t('How often')} value={draft.digest} onChange={e => set({ digest: e.target.value as Draft['digest'] })}>
        <option value="none">{t('As it happens')}</option><option value="hourly">{t('Together, every hour')}</option><option value="daily">{t('Together, every morning at eight')}</option>
      </SelectField>
      <Check label={t('Quiet hours')} checked={draft.quiet} onChange={quiet => set({ quiet })} />
      {draft.quiet && (
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label={t('From')} type="time" value={draft.quietFrom} required onChange={e => set({ quietFrom: e.target.value })} />
          <Field label={t('Until')} type="time" value={draft.quietTo} required onChange={e => set({ quietTo: e.target.value })} />
          <Field label={t('Time zone')} value={draft.zone} required onChange={e => set({ zone: e.target.value })} />
        </div>
      )}
      {(draft.quiet || draft.digest !== 'none') && <Check label={t('Errors are sent at once all the same')} checked={draft.errors} onChange={errors => set({ errors })} />}
    </fieldset>
  </>
);

/** None chosen means all, so that a service that comes later is among them. */
const servicesAfter = (services: readonly string[], service: string, on: boolean): readonly string[] => {
  const all = Object.keys(SERVICE_WORDS);
  const after = toggled(services.length === 0 ? all : services, service, on);
  return after.length === all.length ? [] : after;
};
