import { clsx } from 'clsx';
import type { ReactNode } from 'react';

interface Props {
  /** The same for all of one question. */
  readonly name: string;
  readonly value: string;
  readonly checked: boolean;
  /** Why it can't be chosen. It stays readable, and says so itself in its content. */
  readonly blocked?: boolean;
  readonly onChoose: (value: string) => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/** One answer to a question with few: a card or a row that is a radio button to keyboard and screen reader. */
export const Choice = ({ name, value, checked, blocked, onChoose, className, children }: Props): ReactNode => (
  <label data-value={value} aria-disabled={blocked || undefined}
    className={clsx('relative block transition-colors has-focus-visible:z-10 has-focus-visible:outline-2 has-focus-visible:-outline-offset-1 has-focus-visible:outline-accent', checked ? 'bg-accent-wash' : blocked ? 'text-ink-3' : 'cursor-pointer hover:bg-raised/60', className)}>
    <input type="radio" name={name} value={value} checked={checked} disabled={blocked} onChange={() => onChoose(value)} className="absolute size-px opacity-0" />
    {children}
  </label>
);

/** A choice as a card. */
export const ChoiceCard = ({ className, ...props }: Props): ReactNode =>
  <Choice {...props} className={clsx('rounded-lg border p-3', props.checked ? 'border-accent' : 'border-line-strong', className)} />;
