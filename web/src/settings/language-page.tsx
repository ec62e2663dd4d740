import { useMemo, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import { useChooseLocale } from '../app/use-appearance.js';
import { formatMoment } from '../lib/format.js';
import { usePreference } from '../preferences/use-preference.js';
import { LANGUAGES } from '../texts/language.js';
import { t } from '../texts/text.js';
import { useNow } from '../ui/ago.js';
import { SelectField } from '../ui/field.js';
import { PageBody, Panel } from '../ui/panel.js';
import { Saved } from './appearance-page.js';

const BROWSER = '';
const DEVICE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const LanguagePage = (): ReactNode => {
  const [language] = usePreference<unknown>('language', undefined);
  const [zone] = usePreference<unknown>('time-zone', undefined);
  const choose = useChooseLocale();
  const now = useNow();
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), []);
  const chosen = (key: 'language' | 'time-zone') => (event: { readonly target: { readonly value: string } }): void => choose(key, event.target.value === BROWSER ? null : event.target.value);
  return (
    <Page title={t('Language and time')} actions={<Saved />}>
      <PageBody narrow>
        <Panel title={t('Language and time')}>
          <div className="grid gap-5">
            <SelectField label={t('Language')} value={typeof language === 'string' ? language : BROWSER} onChange={chosen('language')} hint={t('The page is loaded again. Names that people gave stay as they are.')}>
              <option value={BROWSER}>{t('As this browser is set')}</option>
              {Object.entries(LANGUAGES).map(([key, name]) => <option key={key} value={key} lang={key}>{name}</option>)}
            </SelectField>
            <SelectField label={t('Time zone')} value={typeof zone === 'string' ? zone : BROWSER} onChange={chosen('time-zone')} hint={t('All times are shown in it. Now it is {now} here.', { now: formatMoment(now) })}>
              <option value={BROWSER}>{t('As this device is set ({zone})', { zone: DEVICE })}</option>
              {['UTC', ...zones].map(each => <option key={each} value={each}>{each.replaceAll('_', ' ')}</option>)}
            </SelectField>
          </div>
        </Panel>
      </PageBody>
    </Page>
  );
};
