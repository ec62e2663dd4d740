import { Check, Contrast, Monitor, Moon, Rows2, Rows3, Rows4, Sun, Sparkles, PauseCircle } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import type { Appearance } from '../app/theme.js';
import { useAppearance } from '../app/use-appearance.js';
import { usePreferencesSaving } from '../preferences/use-preference.js';
import { t } from '../texts/text.js';
import { ChoiceCard } from '../ui/choice.js';
import { PageBody, Panel } from '../ui/panel.js';

type Options<K extends keyof Appearance> = readonly (readonly [value: Appearance[K], label: string, text: string, icon: ReactNode])[];

const THEME: Options<'theme'> = [
  ['system', t('System'), t('As this device is set, and when it changes.'), <Monitor key="i" aria-hidden />],
  ['light', t('Light'), t('Dark on white.'), <Sun key="i" aria-hidden />],
  ['dark', t('Dark'), t('Light on black.'), <Moon key="i" aria-hidden />],
];
const CONTRAST: Options<'contrast'> = [
  ['system', t('System'), t('As this device is set.'), <Monitor key="i" aria-hidden />],
  ['normal', t('Normal'), t('4.5 to 1 for all text.'), <Sun key="i" aria-hidden />],
  ['high', t('High'), t('7 to 1 for all text, and lines that stand out.'), <Contrast key="i" aria-hidden />],
];
const MOTION: Options<'motion'> = [
  ['system', t('System'), t('As this device is set.'), <Monitor key="i" aria-hidden />],
  ['full', t('Moving'), t('Things fade, slide and breathe.'), <Sparkles key="i" aria-hidden />],
  ['reduced', t('Still'), t('Nothing moves that need not.'), <PauseCircle key="i" aria-hidden />],
];
const DENSITY: Options<'density'> = [
  ['compact', t('Compact'), t('More rows on a screen.'), <Rows4 key="i" aria-hidden />],
  ['normal', t('Normal'), t('For mouse and keyboard.'), <Rows3 key="i" aria-hidden />],
  ['roomy', t('Roomy'), t('Easier to hit with a finger.'), <Rows2 key="i" aria-hidden />],
];

export const AppearancePage = (): ReactNode => (
  <Page title={t('Appearance')} actions={<Saved />}>
    <PageBody narrow>
      <div className="grid gap-4">
        <Aspect aspect="theme" title={t('Theme')} options={THEME} />
        <Aspect aspect="contrast" title={t('Contrast')} options={CONTRAST} />
        <Aspect aspect="motion" title={t('Motion')} options={MOTION} />
        <Aspect aspect="density" title={t('Density')} options={DENSITY} />
        <p className="text-[13px] text-ink-3">{t('All of this is yours: it is the same in every organisation and on every device where you log in.')}</p>
      </div>
    </PageBody>
  </Page>
);

const Aspect = <K extends keyof Appearance>({ aspect, title, options }: { readonly aspect: K; readonly title: string; readonly options: Options<K> }): ReactNode => {
  const [chosen, choose] = useAppearance();
  const name = useId();
  return (
    <Panel title={title}>
      <div role="radiogroup" aria-label={title} className="grid gap-2 sm:grid-cols-3">
        {options.map(([value, label, text, icon]) => (
          <ChoiceCard key={value} name={name} value={value} checked={chosen[aspect] === value} onChoose={() => choose(aspect, value)} className="flex gap-3 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-3">
            {icon}<span className="min-w-0"><span className="block text-[13px] font-medium">{label}</span><span className="block text-[12px] text-ink-2">{text}</span></span>
          </ChoiceCard>
        ))}
      </div>
    </Panel>
  );
};

/** Nobody presses a button here: so it says that it is kept, or that it waits. */
export const Saved = (): ReactNode => {
  const saving = usePreferencesSaving();
  return (
    <span role="status" className="flex items-center gap-1.5 whitespace-nowrap text-[12px] text-ink-3">
      {saving === 'saved' ? <><Check aria-hidden className="size-3.5" /><span className="max-sm:sr-only">{t('Saved')}</span></> : saving === 'saving' ? t('Saving…') : t('Kept here; saved when the connection is back')}
    </span>
  );
};
