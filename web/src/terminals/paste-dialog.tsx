import type { ReactNode } from 'react';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { useValue } from './hooks.js';
import type { LiveTerminal } from './live-terminal.js';

/** Shows what would be typed before it is: several lines run one by one, and what is no text was hidden there. */
export const PasteDialog = ({ terminal, also }: { readonly terminal: LiveTerminal; /** Other sessions that get it too. */ readonly also: number }): ReactNode => {
  const { paste } = useValue(terminal.notes);
  const close = (): void => { terminal.note({ paste: undefined }); terminal.focus(); };
  return (
    <Dialog open={paste !== undefined} onOpenChange={o => { if (!o) close(); }} title={paste && paste.lines > 1 ? `Paste ${paste.lines} lines?` : 'Paste this?'} wide
      description={<>{paste && paste.controls.length > 0 && <p className="text-warn">Taken out: {paste.controls.join(', ')}. Text that holds control characters was made to do more than it shows.</p>}{also > 0 && <p className="text-warn">It goes to {also + 1} sessions.</p>}<p>{paste?.asText ? 'The program takes it as text: nothing runs before you press Enter.' : 'The program does not know a paste from typing: each line runs as soon as it arrives.'}</p></>}>
      {paste && (
        <>
          <pre data-testid="pasted" tabIndex={0} aria-label="What would be pasted" className="max-h-[40vh] overflow-auto rounded-md border border-line bg-sunken p-3 font-mono text-[12px] leading-snug">{paste.text.slice(0, 20_000)}{paste.text.length > 20_000 ? `\n… and ${(paste.text.length - 20_000).toLocaleString('en-GB')} characters more` : ''}</pre>
          <DialogActions sticky>
            <Button onClick={close}>Cancel</Button>
            {paste.lines > 1 && <Button onClick={() => terminal.pasteNow(paste.text.trim().replaceAll(/\s*\n\s*/g, ' '))}>Paste as one line</Button>}
            <Button kind="primary" onClick={() => terminal.pasteNow(paste.text)}>Paste</Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  );
};
