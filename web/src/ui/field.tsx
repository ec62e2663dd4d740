import { clsx } from 'clsx';
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react';

export const inputClass = 'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-ink-3 transition-colors hover:border-ink-3 focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent aria-invalid:border-bad';

interface Common { readonly label: string; readonly hint?: ReactNode; readonly problem?: string | undefined; readonly aside?: ReactNode }
interface Mono { readonly mono?: boolean }

const Frame = ({ id, label, hint, problem, aside, children }: Common & { readonly id: string; readonly children: ReactNode }): ReactNode => (
  <div className="grid min-w-0 content-start gap-1.5">
    <div className="flex items-baseline justify-between gap-3">
      <label htmlFor={id} className="text-[13px] font-medium text-ink">{label}</label>
      {aside}
    </div>
    {children}
    {problem ? <p id={`${id}-problem`} role="alert" className="text-[13px] text-bad">{problem}</p> : hint && <p id={`${id}-hint`} className="text-[13px] text-ink-3">{hint}</p>}
  </div>
);

const described = (id: string, { hint, problem }: Common): { 'aria-describedby'?: string; 'aria-invalid'?: true } =>
  problem ? { 'aria-describedby': `${id}-problem`, 'aria-invalid': true } : hint ? { 'aria-describedby': `${id}-hint` } : {};

export const Field = ({ label, hint, problem, aside, mono, className, ...rest }: Common & Mono & InputHTMLAttributes<HTMLInputElement>): ReactNode => {
  const id = useId();
  const common = { label, hint, problem, aside };
  return <Frame id={id} {...common}><input spellCheck={false} autoCapitalize="off" {...rest} {...described(id, common)} id={id} className={clsx(inputClass, 'h-8', mono && 'font-mono text-[13px]', className)} /></Frame>;
};

export const TextField = ({ label, hint, problem, aside, mono, className, ...rest }: Common & Mono & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode => {
  const id = useId();
  const common = { label, hint, problem, aside };
  return <Frame id={id} {...common}><textarea spellCheck={false} {...rest} {...described(id, common)} id={id} className={clsx(inputClass, 'min-h-24 py-2', mono && 'font-mono text-[12px] leading-snug', className)} /></Frame>;
};

export const SelectField = ({ label, hint, problem, aside, className, children, ...rest }: Common & SelectHTMLAttributes<HTMLSelectElement>): ReactNode => {
  const id = useId();
  const common = { label, hint, problem, aside };
  return <Frame id={id} {...common}><select {...rest} {...described(id, common)} id={id} className={clsx(inputClass, 'h-8 pr-7', className)}>{children}</select></Frame>;
};
