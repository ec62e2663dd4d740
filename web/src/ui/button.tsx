import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import { useContext, type ButtonHTMLAttributes, type ReactNode, type Ref } from 'react';
import { Hint } from './hint.js';
import { StandInReason } from './stand-in.js';

export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';

const KINDS: Readonly<Record<ButtonKind, string>> = {
  primary: 'bg-accent text-on-accent font-medium hover:bg-accent-hover active:translate-y-px',
  secondary: 'bg-surface text-ink border border-line-strong hover:bg-raised active:translate-y-px',
  quiet: 'text-ink-2 hover:bg-raised hover:text-ink',
  danger: 'bg-surface text-bad border border-line-strong hover:border-bad hover:bg-bad-wash active:translate-y-px',
};

/** The look of a button, for links that act like one. */
export const buttonClass = (kind: ButtonKind = 'secondary', size: 'md' | 'sm' = 'md'): string =>
  clsx('inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md transition-[background-color,border-color,color,transform] duration-100',
    size === 'md' ? 'h-8 px-3' : 'h-7 px-2 text-[13px]', KINDS[kind]);

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  readonly kind?: ButtonKind;
  readonly size?: 'md' | 'sm';
  readonly icon?: ReactNode;
  readonly busy?: boolean;
  /** Why it can't be done now. Stays reachable by keyboard, so that the reason can be read. */
  readonly blocked?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
}

export const Button = ({ kind = 'secondary', size = 'md', icon, busy, blocked, children, className, onClick, type = 'button', ...rest }: Props): ReactNode => {
  const off = busy === true || blocked !== undefined;
  const button = (
    <button {...rest} type={off && type === 'submit' && blocked !== undefined ? 'button' : type} aria-disabled={off || undefined} aria-busy={busy || undefined}
      onClick={off ? event => event.preventDefault() : onClick} className={clsx(buttonClass(kind, size), off && 'opacity-55', className)}>
      {busy ? <LoaderCircle aria-hidden className="size-3.5 animate-spin" /> : icon}
      {children}
    </button>
  );
  const nearer = useContext(StandInReason);
  return blocked === undefined ? button : <Hint text={nearer ?? blocked}>{button}</Hint>;
};

interface IconProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> { readonly label: string; readonly ref?: Ref<HTMLButtonElement> }

/** An icon alone; its label is read out and shown on hover. */
export const IconButton = ({ label, children, className, ...rest }: IconProps): ReactNode => (
  <Hint text={label}>
    <button type="button" {...rest} aria-label={label} className={clsx('inline-flex size-8 items-center justify-center rounded-md text-ink-3 transition-colors hover:bg-raised hover:text-ink', className)}>{children}</button>
  </Hint>
);
