/** "Why is it so", beside a fact: unobtrusive until it is pointed at or reached by keyboard, always there on touch. */
import { CircleQuestionMark } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Hint } from '../ui/hint.js';

const WhyDialog = lazy(() => import('./why-dialog.js').then(m => ({ default: m.WhyDialog })));

export interface WhyOf {
  readonly service: string;
  readonly view: string;
  /** Of the row; of a view whose rows belong to something, both parts. */
  readonly id: string;
  /** Where the row isn't the organisation's. */
  readonly tenant?: string;
}
interface Props extends WhyOf { /** The field, `facts.os`; empty: the whole row. */ readonly path: string; /** What the page calls it: "Operating system". */ readonly name: string }

/** Stands in an element of class `group/fact`. */
export const Why = ({ name, ...of }: Props): ReactNode => {
  const [open, setOpen] = useState(false);
  const label = t('Why is it so: {name}', { name });
  return (
    <>
      <Hint text={label}>
        <button type="button" aria-label={label} onClick={() => setOpen(true)}
          className="-my-1.5 inline-grid size-7 shrink-0 place-items-center rounded align-middle text-ink-3 opacity-0 transition-opacity hover:bg-raised hover:text-ink focus-visible:opacity-100 group-hover/fact:opacity-100 [@media(hover:none)]:opacity-100">
          <CircleQuestionMark aria-hidden className="size-3.5" />
        </button>
      </Hint>
      {open && <WhyOpen name={name} {...of} onClose={() => setOpen(false)} />}
    </>
  );
};

/** The answer itself, for a menu of a row that has no room for a button of its own. */
export const WhyOpen = (props: Props & { readonly onClose: () => void }): ReactNode => <Suspense fallback={null}><WhyDialog {...props} /></Suspense>;
