/** What an event means to people: a decision for each kind of event, as data. Pure. */
import type { RecordedEvent } from '@xanthus/kernel';
import type { DataOf, EventContract } from '@xanthus/proto';
import type { NoticeKind, NoticeSeverity, NoticeThing } from '@xanthus/proto/notifications';

/** One thing, or its aspect `about`, of which there is one open notice a kind. */
interface Place { readonly thing: NoticeThing | null; readonly about?: string }
export interface Raise extends Place {
  readonly kind: NoticeKind;
  readonly severity: NoticeSeverity;
  readonly text: string;
  /** Open until it is resolved; else a moment. */
  readonly lasting: boolean;
  /** Of several that make one notice: it is over when all are. */
  readonly items?: readonly string[];
  /** Theirs alone. */
  readonly person?: string;
  /** A person did it: shown with it. */
  readonly by?: true;
}
export interface Resolve extends Place { readonly kinds: readonly NoticeKind[]; readonly text: string; readonly items?: readonly string[] }
export interface Outcome { readonly raise?: Raise | undefined; readonly resolve?: readonly Resolve[] }

/** What earlier events said of things: names, and devices that a person logged in with. */
export interface Known { readonly name?: string | undefined; readonly devices?: readonly string[] | undefined }

export type Heard<D> = Omit<RecordedEvent, 'data'> & { readonly data: D };
type Notice<D> = (event: Heard<D>, known: Known) => Outcome;
/** `none`: because … */
export type Rule<D> = { readonly none: string } | { readonly notice: Notice<D>; /** What it is called from now on. */ readonly name?: (data: D) => string | undefined; readonly none?: never } | { readonly name: (data: D) => string | undefined; readonly none: string };
export type Rules<R extends Readonly<Record<string, EventContract>>> = { readonly [K in keyof R]: Rule<DataOf<R[K]>> };

export const thingOf = (event: Pick<RecordedEvent, 'aggregate'>, known: Known = {}, aggregate = event.aggregate.name): NoticeThing =>
  ({ service: event.aggregate.service, aggregate, id: event.aggregate.id, ...(known.name === undefined ? {} : { name: known.name }) });
/** Its name, or what it is. */
export const called = (known: Known, otherwise: string): string => known.name ?? otherwise;

/** Why most events are no notice. */
export const ASKED = 'somebody asked for it and sees the answer';
export const STEP = 'a step on the way; its end is told';
export const FACT = 'nothing to do, it is seen where it belongs';
