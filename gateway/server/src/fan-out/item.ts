/** One message of a stream or one change of a bucket, on its way to many subscriptions. */
export interface Item {
  /** Position in the stream or bucket. */
  readonly seq: number;
  /** What filters match: the subject, or the key. */
  readonly name: string;
  /** The rest of `data` as JSON text without braces, shared by every frame that carries it: `"subject":"…","payload":…`. */
  readonly body: string;
}

/** About so many characters of bodies make a page: a fraction of an outbox, so that a page never makes a healthy client look slow. */
export const PAGE_SIZE = 256 * 1024;

/** A part of what lies behind a position. Everything up to `upTo` that matches is among `items` or was told before. */
export interface Page {
  readonly items: readonly Item[];
  readonly upTo: number;
  /** Something that would belong between the position and this page may no longer be kept. */
  readonly trimmed?: boolean;
}

/** Reads on from a position, for one subscription. `head`: it has reached the channel's position at this very moment. */
export interface Backlog {
  next(max: number): Page | 'head' | Promise<Page>;
  /** It will not be asked again. */
  end?(): void;
}
