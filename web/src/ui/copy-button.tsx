import { clsx } from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { copyText } from './copy-text.js';

export const CopyButton = ({ text, label, className }: { readonly text: string | (() => string); readonly label: string; readonly className?: string }): ReactNode => {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <button type="button" aria-label={label} title={label} onClick={() => void copyText(typeof text === 'string' ? text : text()).then(setCopied)}
        className={clsx('inline-grid size-7 shrink-0 place-items-center rounded text-ink-3 transition-colors hover:bg-raised hover:text-ink', copied && 'text-ok', className)}>
        {copied ? <Check aria-hidden className="size-3.5" /> : <Copy aria-hidden className="size-3.5" />}
      </button>
      <span role="status" className="sr-only">{copied ? t('Copied') : ''}</span>
    </>
  );
};

/** Something to read exactly and to copy: an address, a fingerprint, a command. */
export const Code = ({ text, label, block }: { readonly text: string; readonly label: string; readonly block?: boolean }): ReactNode =>
  block ? (
    <div className="flex items-start gap-1 rounded-lg border border-line bg-sunken py-2 pl-3 pr-2">
      <code className="min-w-0 flex-1 select-all whitespace-pre-wrap break-all font-mono text-[12px] leading-relaxed text-ink">{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  ) : (
    <span className="inline-flex max-w-full items-center gap-0.5"><code className="min-w-0 break-all font-mono text-[12.5px]">{text}</code><CopyButton text={text} label={label} /></span>
  );
