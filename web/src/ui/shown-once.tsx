import { Download } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Button, buttonClass } from './button.js';
import { Code } from './copy-button.js';
import { DialogActions } from './dialog.js';

interface Props {
  /** What it is and where it belongs. */
  readonly children: ReactNode;
  readonly secret: string;
  /** Below it: how it is used. */
  readonly after?: ReactNode;
  readonly copyLabel: string;
  /** Name of the file that is offered for download. */
  readonly file?: string;
  readonly done?: string;
  readonly onDone: () => void;
}

/** A secret that is shown this once and kept nowhere. */
export const ShownOnce = ({ children, secret, after, copyLabel, file, done = t('I stored it'), onDone }: Props): ReactNode => {
  const [stored, setStored] = useState(false);
  return (
    <div className="grid gap-3" onCopy={() => setStored(true)}>
      <div className="text-ink-2">{children}</div>
      <div data-testid="shown-once" className="max-h-56 overflow-y-auto rounded-lg"><Code block text={secret} label={copyLabel} /></div>
      {after}
      <DialogActions>
        {file && <a className={buttonClass()} download={file} onClick={() => setStored(true)} href={`data:application/octet-stream,${encodeURIComponent(secret)}`}><Download aria-hidden className="size-4" />{t('Download')}</a>}
        <Button kind={stored || !file ? 'primary' : 'secondary'} onClick={onDone}>{done}</Button>
      </DialogActions>
    </div>
  );
};
