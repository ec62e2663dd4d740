import { Check, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import type { NameCheck } from './use-name-check.js';

interface Props { readonly value: string; readonly onChange: (value: string) => void; readonly check: NameCheck; readonly problem: string | undefined }

/** The name of a new server, judged while it is typed. */
export const NameField = ({ value, onChange, check, problem }: Props): ReactNode => {
  const fault = problem ?? (check.state === 'bad' ? check.message : undefined);
  const { suggestion } = check;
  return (
    <div>
      <Field label={t('Name')} required autoComplete="off" maxLength={63} value={value} onChange={e => onChange(e.target.value)} problem={fault} hint={t('3–63 letters, digits and hyphens. It is the host name too.')}
        aside={<span role="status" data-testid="name-check" data-state={check.state} className="inline-flex items-center gap-1 text-[12px] text-ink-3">
          {check.state === 'checking' && <><LoaderCircle aria-hidden className="size-3.5 animate-spin" />{t('Checking…')}</>}
          {check.state === 'free' && !problem && <><Check aria-hidden className="size-3.5 text-ok" />{t('Free')}</>}
        </span>} />
      {fault && suggestion && suggestion !== value && <Button size="sm" className="mt-1.5" onClick={() => onChange(suggestion)}>{t('Use {suggestion}', { suggestion })}</Button>}
    </div>
  );
};
