import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { useValue } from './hooks.js';
import type { LiveTerminal } from './live-terminal.js';

/** Shows what would be typed before it is: several lines run one by one, and what is no text was hidden there. */
export const PasteDialog = ({ terminal, also }: { readonly terminal: LiveTerminal; /** Other sessions that get it too. */ readonly also: number }): ReactNode => {
  const { paste } = useValue(terminal.notes);
  const close = (): void => { terminal.note({ paste: undefined }); terminal.focus(); };
  return (
    <Dialog open={paste !== undefined} onOpenChange={o => { if (!o) close(); }} title={paste && paste.lines > 1 ? t('Paste {lines} lines?', { lines: paste.lines }) : t('Paste this?')} wide
      description={<>{paste && paste.controls.length > 0 && <p className="text-warn">{t('Taken out: {controls}. Text that holds control characters was made to do more than it shows.', { controls: paste.controls.join(', ') })}</p>}{also > 0 && <p className="text-warn">{t('It goes to {also} sessions.', { also: also + 1 })}</p>}<p>{paste?.asText ? t('The program takes it as text: nothing runs before you press Enter.') : t('The program does not know a paste from typing: each line runs as soon as it arrives.')}</p></>}>
      {paste && (
        <>
          <pre data-testid="pasted" tabIndex={0} aria-label={t('What would be pasted')} className="max-h-[40vh] overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-[12px] leading-snug">{paste.text.slice(0, 20_000)}{paste.text.length > 20_000 ? t('\n… and {text, number} characters more', { text: paste.text.length - 20_000 }) : ''}</pre>
          <DialogActions sticky>
            <Button onClick={close}>{t('Cancel')}</Button>
            {paste.lines > 1 && <Button onClick={() => terminal.pasteNow(paste.text.trim().replaceAll(/\s*\n\s*/g, ' '))}>{t('Paste as one line')}</Button>}
            <Button kind="primary" onClick={() => terminal.pasteNow(paste.text)}>{t('Paste')}</Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
};
