import type { ReactNode } from 'react';
import { t } from '../texts/text.js';

interface Props { readonly name?: string; readonly value: unknown; readonly depth?: number }

/** So many entries of one list are shown; a list of thousands would be a page of its own. */
const MOST = 200;
const TONES: Readonly<Record<string, string>> = { string: 'text-ok', number: 'text-info', boolean: 'text-accent-ink' };

/** Data as they are, foldable; everything is text. */
export const JsonTree = ({ name, value, depth = 0 }: Props): ReactNode => {
  const label = name === undefined ? null : <><span className="text-ink-2">{name}</span>: </>;
  if (typeof value !== 'object' || value === null) return <div className="break-all">{label}<span className={value === null ? 'text-ink-3' : TONES[typeof value]}>{JSON.stringify(value)}</span></div>;
  const entries = Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return <div>{label}{open}{close}</div>;
  return (
    <details open={depth < 2}>
      <summary className="cursor-pointer">{label}{open} <span className="text-ink-3">{t('{count, plural, one {# entry} other {# entries}}', { count: entries.length })}</span></summary>
      <div className="ml-2 border-l border-line pl-3">
        {entries.slice(0, MOST).map(([key, inner]) => <JsonTree key={key} name={key} value={inner} depth={depth + 1} />)}
        {entries.length > MOST && <p className="text-ink-3">{t('… and {count, number} more: in the copy', { count: entries.length - MOST })}</p>}
      </div>
      {close}
    </details>
  );
};
