/**
 * How each event is taken back: by a command made from what was before it, on a page where the domain has its own planned way, or not at all,
 * with the reason. One table per service, a row for every type (`undo.unit.spec.ts`). Pure, and without schemas: the console has it in its bundle.
 */

export type Fields = Readonly<Record<string, unknown>>;
export interface UndoneEvent { readonly type: string; readonly aggregate: { readonly service: string; readonly name: string; readonly id: string }; readonly data: Fields }

/** What an undo is made from. */
export interface Given {
  readonly event: UndoneEvent;
  /** The row of the view as it was just before the event; undefined: there was none. */
  readonly before: Fields | undefined;
  /** The time, ISO. */
  readonly now: string;
}

/** One thing that the undo puts back, where no row shows it. */
export interface Said { readonly name: string; readonly is: string; readonly will: string }
export interface Sending { readonly verb: string; readonly input: Fields; /** Where it isn't the aggregate of the event. */ readonly id?: string }

export interface UndoCommand {
  readonly kind: 'command';
  readonly aggregate: string;
  /** Those that `make` may send. */
  readonly verbs: readonly string[];
  /** Its row shows what is put back: fields by their path, `limits.disk`. Without one, `says` tells it. */
  readonly row?: { readonly view: string; readonly id?: (event: UndoneEvent) => string; readonly fields: readonly string[] };
  readonly says?: (event: UndoneEvent) => readonly Said[];
  /** What else the person should know before. */
  readonly note?: string;
  /** @returns a sentence why it can't be taken back this time */
  readonly make: (given: Given) => Sending | string;
}
export interface UndoPage { readonly kind: 'page'; readonly why: string; /** Where; the thing of the event if left out. */ readonly thing?: (event: UndoneEvent) => { readonly service: string; readonly aggregate: string; readonly id: string; readonly within?: string } }
export interface UndoCannot { readonly kind: 'cannot'; readonly why: string }
export type Undo = UndoCommand | UndoPage | UndoCannot;
/** `<aggregate>.<type>` → how; some depend on what the event says. */
export type UndoTable = Readonly<Record<string, Undo | ((event: UndoneEvent) => Undo)>>;

export const cannot = (why: string): UndoCannot => ({ kind: 'cannot', why });
export const page = (why: string, thing?: UndoPage['thing']): UndoPage => ({ kind: 'page', why, ...(thing ? { thing } : {}) });
export const command = (of: Omit<UndoCommand, 'kind'>): UndoCommand => ({ kind: 'command', ...of });

/** Several types of one aggregate that are alike. */
export const each = (aggregate: string, types: readonly string[], undo: Undo): UndoTable => Object.fromEntries(types.map(type => [`${aggregate}.${type}`, undo]));

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {});
export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(v => typeof v === 'string') : []);
/** Some fields of a row, those that are there. */
export const pick = (row: Fields, names: readonly string[]): Fields => Object.fromEntries(names.filter(name => row[name] !== undefined).map(name => [name, row[name]]));

export const OBSERVED = cannot('This was seen, not done: nobody can make it unseen.');
export const PROGRESS = cannot('This is a step of something larger; only the whole can be taken back.');
export const NOT_BEFORE = 'What was before it is not known.';
