import { useId, type ReactNode } from 'react';
import { formatNumber } from '../lib/format.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ChoiceCard } from '../ui/choice.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { SelectField } from '../ui/field.js';
import { useDark, useTerminalSettings } from './hooks.js';
import { Check } from './open-dialog.js';
import { FONT_FAMILIES, FONT_LABELS, FONT_SIZES, SCROLLBACKS, TERMINAL_FONTS, terminalSettings, type TerminalFont, type TerminalSettings } from './settings.js';
import { TERMINAL_THEMES, themeOf } from './theme.js';

/** What a theme is shown with. */
const LISTING = { command: 'ls', folder: 'src', file: 'x' } as const;

/** How terminals look and behave in this browser; seen at once behind the dialog. */
export const SettingsDialog = ({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode => (
  <Dialog open={open} onOpenChange={o => { if (!o) onClose(); }} title={t('Terminal settings')} description={t('For this browser; at once, in every terminal.')} wide>
    <Settings />
    <DialogActions sticky><Button kind="primary" onClick={onClose}>{t('Done')}</Button></DialogActions>
  </Dialog>
);

const { set } = terminalSettings;

const Settings = (): ReactNode => {
  const settings = useTerminalSettings();
  const dark = useDark();
  const name = useId();
  return (
    <div className="grid gap-5">
      <fieldset>
        <legend className="mb-1.5 text-[13px] font-medium">{t('Theme')}</legend>
        <div className="grid grid-cols-2 gap-2 sm:grid-cols-3">
          {[{ id: 'auto', label: t('As the console') }, ...TERMINAL_THEMES].map(({ id, label }) => {
            const { colors } = themeOf(id, dark);
            return (
              <ChoiceCard key={id} name={name} value={id} checked={settings.theme === id} onChoose={theme => set({ theme })}>
                <span className="block text-[13px]">{label}</span>
                <span aria-hidden className="mt-1.5 flex h-6 items-center gap-1.5 rounded px-2 font-mono text-[12px]" style={{ background: colors.background, color: colors.foreground }}>
                  <span style={{ color: colors.green }}>$</span> {LISTING.command} <span style={{ color: colors.blue }}>{LISTING.folder}</span> <span style={{ color: colors.red }}>{LISTING.file}</span>
                </span>
              </ChoiceCard>
            );
          })}
        </div>
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label={t('Font')} value={settings.font} onChange={e => set({ font: e.target.value as TerminalFont })} style={{ fontFamily: FONT_FAMILIES[settings.font] }}>
          {TERMINAL_FONTS.map(f => <option key={f} value={f}>{FONT_LABELS[f]}</option>)}
        </SelectField>
        <SelectField label={t('Size')} value={settings.size} onChange={e => set({ size: Number(e.target.value) })}>
          {Array.from({ length: FONT_SIZES.most - FONT_SIZES.least + 1 }, (_, i) => FONT_SIZES.least + i).map(n => <option key={n} value={n}>{n} px</option>)}
        </SelectField>
        <SelectField label={t('Lines kept above')} value={settings.scrollback} onChange={e => set({ scrollback: Number(e.target.value) })}>
          {SCROLLBACKS.map(n => <option key={n} value={n}>{formatNumber(n)}</option>)}
        </SelectField>
        <SelectField label={t('Bell')} value={settings.bell} onChange={e => set({ bell: e.target.value as TerminalSettings['bell'] })}>
          <option value="off">{t('Nothing')}</option><option value="visual">{t('A frame that lights up')}</option><option value="sound">{t('A sound')}</option>
        </SelectField>
        <SelectField label={t('Cursor')} value={settings.cursor} onChange={e => set({ cursor: e.target.value as TerminalSettings['cursor'] })}>
          <option value="block">{t('Block')}</option><option value="bar">{t('Bar')}</option><option value="underline">{t('Line below')}</option>
        </SelectField>
      </div>
      <Check checked={settings.copyOnSelect} onChange={copyOnSelect => set({ copyOnSelect })} label={t('Copy what is selected at once')} />
      <Check checked={settings.screenReader} onChange={screenReader => set({ screenReader })} label={t('For screen readers')}>{t('Reads what a program writes. Alt+Shift+X leaves a terminal for its toolbar.')}</Check>
    </div>
  );
};
