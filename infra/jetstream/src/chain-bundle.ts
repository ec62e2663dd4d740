/** Checks a bundle of `GET /api/audit?format=chain` line by line, with nothing but the file and keys. Pure. Its form: `docs/audit.md`. */
import type { KeyObject } from 'node:crypto';
import { TENANT_SLUG } from '@xanthus/proto';
import { blockSealed, type AuditProblem } from '@xanthus/proto/audit';
import { chainStart, checkBlock, checkEvents, ChainLink, endOfBlock, parseStoredTime, type ChainBlock, type ChainEnd } from './chain.js';
import { auditKeys, type PublicJwk } from './chain-keys.js';

export interface BundleProblem extends Omit<AuditProblem, 'kind'> {
  /** `cut`: the file ends before its end. `form`: a line is not what it should be. */
  readonly kind: AuditProblem['kind'] | 'cut' | 'form';
  readonly stream: string;
  /** Of the file, from 1. */
  readonly line: number;
}
export interface BundleStream {
  readonly stream: string;
  /** Blocks and events that are what was sealed. */
  readonly blocks: number;
  readonly events: number;
  /** Of those: first and last sequence and time; undefined: none. */
  readonly proven?: { readonly from_seq: number; readonly seq: number; readonly from_time: string; readonly time: string };
  /** Events of the chain before the first one in the file. */
  readonly earlier: number;
  /** Events that nothing was sealed about yet. */
  readonly unsealed: number;
}
export interface BundleReport { readonly tenant: string; readonly made_at: string; readonly streams: readonly BundleStream[]; readonly left_out: readonly string[]; readonly problem?: BundleProblem }

type Fields = Readonly<Record<string, unknown>>;
interface Reading { stream: BundleStream; end: ChainEnd | undefined; block: ChainBlock | undefined; link: ChainLink | undefined; hint: number | undefined; tail: boolean }

class Wrong extends Error {
  constructor(readonly problem: Omit<BundleProblem, 'line' | 'stream'>) {
    super(problem.message);
  }
}
const wrong = (kind: BundleProblem['kind'], seq: number, message: string): never => { throw new Wrong({ kind, seq, message }); };
const form = (message: string): never => wrong('form', 0, message);

/** Give it every line, then `report`. What follows the first line that does not fit is not looked at. */
export class BundleCheck {
  #lines = 0;
  #tenant = '';
  #made_at = '';
  #left_out: readonly string[] = [];
  #keys: ReadonlyMap<string, KeyObject> | undefined;
  readonly #done: BundleStream[] = [];
  #now: Reading | undefined;
  #ended = false;
  #problem: BundleProblem | undefined;

  /** @param trusted keys that came another way than the bundle; without, the bundle's own: that shows that nothing was changed by whoever has no key, and not whose key it was. */
  constructor(private readonly trusted?: ReadonlyMap<string, KeyObject>) {}

  /** False: nothing more needs to be read. */
  take(text: string): boolean {
    if (this.#problem !== undefined) return false;
    this.#lines++;
    try {
      this.#line(text);
      return true;
    } catch (error) {
      const problem = error instanceof Wrong ? error.problem : { kind: 'form', seq: 0, message: `This line cannot be read: ${(error as Error).message}` } as const;
      this.#fail(problem);
      return false;
    }
  }

  report(): BundleReport {
    if (this.#problem === undefined && !this.#ended) this.#fail({ kind: 'cut', seq: this.#now?.link?.seq ?? this.#now?.end?.seq ?? 0, message: 'The file ends before its last line: something was cut off.' });
    return {
      tenant: this.#tenant, made_at: this.#made_at, left_out: this.#left_out, streams: [...this.#done, ...(this.#now === undefined ? [] : [this.#now.stream])], ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  #fail(problem: Omit<BundleProblem, 'line' | 'stream'>): void {
    this.#problem = { ...problem, line: this.#lines, stream: this.#now?.stream.stream ?? '' };
  }

  #line(text: string): void {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null) form('This line is no object.');
    const fields = value as Fields;
    if (this.#ended) form('Something stands behind the last line.');
    if (this.#lines === 1) return this.#begin(fields);
    if (this.#lines === 2) return this.#takeKeys(fields);
    switch (fields['kind']) {
      case 'stream': return this.#stream(fields);
      case 'block': return this.#block(fields);
      case 'message': return this.#message(fields);
      case 'unsealed': return this.#unsealed();
      case 'end': return this.#end(fields);
      default: form(`A line of the kind ${JSON.stringify(fields['kind'])} is not known.`);
    }
  }

  #begin({ kind, version, tenant, made_at, left_out }: Fields): void {
    if (kind !== 'bundle' || version !== 1) form('This is no bundle that this version can check: its first line is not {"kind":"bundle","version":1,…}.');
    if (typeof tenant !== 'string' || !TENANT_SLUG.test(tenant)) form('The first line names no organisation.');
    [this.#tenant, this.#made_at, this.#left_out] = [tenant as string, String(made_at), Array.isArray(left_out) ? left_out.map(String) : []];
  }

  #takeKeys({ kind, keys }: Fields): void {
    if (kind !== 'keys' || !Array.isArray(keys)) form('The second line holds no keys.');
    this.#keys = this.trusted ?? auditKeys(keys as readonly PublicJwk[]);
  }

  #stream({ stream }: Fields): void {
    this.#closeBlock();
    if (typeof stream !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(stream)) return form('This line names no stream.');
    if (this.#now !== undefined) this.#done.push(this.#now.stream);
    if (this.#done.some(s => s.stream === stream)) form(`The stream ${stream} comes twice.`);
    this.#now = { stream: { stream, blocks: 0, events: 0, earlier: 0, unsealed: 0 }, end: undefined, block: undefined, link: undefined, hint: undefined, tail: false };
  }

  #reading(): Reading {
    return this.#now ?? form('Something stands before the first stream.');
  }

  #block({ kind: _kind, ...fields }: Fields): void {
    this.#closeBlock();
    const now = this.#reading();
    if (now.tail) form('A block stands behind what is not sealed.');
    const parsed = blockSealed.data.strict().safeParse(fields);
    if (!parsed.success) return form(`This block is not one: ${parsed.error.issues[0]?.path.join('.') ?? ''} does not fit.`);
    const block = parsed.data;
    if (block.stream !== now.stream.stream) wrong('order', block.from_seq, `A block of ${block.stream} stands in ${now.stream.stream}.`);
    const earlier = block.total - block.events;
    const end = now.end ?? (earlier === 0 ? chainStart(this.#tenant, block.stream) : { seq: block.from_seq - 1, hash: block.previous, total: earlier });
    const problem = checkBlock(this.#tenant, end, block, this.#keys ?? new Map());
    if (problem !== undefined) throw new Wrong(problem);
    if (now.end === undefined) now.stream = { ...now.stream, earlier };
    [now.block, now.link, now.hint] = [block, new ChainLink(end), undefined];
    now.end = end;
  }

  #message({ kind: _kind, seq, time, subject, text, base64, hash, ...more }: Fields): void {
    const now = this.#reading();
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1 || typeof time !== 'string' || typeof subject !== 'string' || typeof (text ?? base64) !== 'string' || (text !== undefined && base64 !== undefined) || Object.keys(more).length > 0) return form('This event does not have the form of one.');
    const link = now.link ?? form('An event stands outside of any block.');
    const data = typeof text === 'string' ? Buffer.from(text) : Buffer.from(String(base64), 'base64');
    if (text === undefined && data.toString('base64') !== base64) form('This event does not have the form of one.');
    const prefix = `evt.${this.#tenant}.${now.stream.stream.toLowerCase().replaceAll('_', '-')}.`;
    if (!subject.startsWith(prefix)) wrong('changed', seq, `Event ${seq} is none of ${now.stream.stream} of ${this.#tenant}.`);
    if (seq <= link.seq) wrong('order', seq, `Event ${seq} stands behind event ${link.seq}: it was moved, or comes twice.`);
    link.add({ seq, time: parseStoredTime(time), subject, data });
    if (now.tail) now.stream = { ...now.stream, unsealed: now.stream.unsealed + 1 };
    if (hash !== link.hash) now.hint ??= seq;
  }

  #unsealed(): void {
    this.#closeBlock();
    const now = this.#reading();
    now.tail = true;
    now.link = new ChainLink(now.end ?? chainStart(this.#tenant, now.stream.stream));
  }

  #closeBlock(): void {
    const now = this.#now;
    if (now?.tail === true) this.#checkHint(now);
    if (now?.block === undefined || now.link === undefined) return;
    const { block, link, hint } = now;
    const problem = checkEvents(link, block, hint);
    if (problem !== undefined) throw new Wrong(problem);
    this.#checkHint(now);
    const { stream } = now;
    const from = stream.proven ?? block;
    now.stream = { ...stream, blocks: stream.blocks + 1, events: stream.events + block.events, proven: { from_seq: from.from_seq, seq: block.seq, from_time: from.from_time, time: block.time } };
    [now.end, now.block, now.link] = [endOfBlock(block), undefined, undefined];
  }

  #checkHint({ hint }: Reading): void {
    if (hint !== undefined) form(`The hash beside event ${hint} is not its own: this file was changed after it was made.`);
  }

  #end({ lines, streams }: Fields): void {
    this.#closeBlock();
    if (this.#now !== undefined) this.#done.push(this.#now.stream);
    this.#now = undefined;
    if (lines !== this.#lines) wrong('missing', 0, `The file has ${this.#lines} lines; ${String(lines)} were written.`);
    const counted = (s: Fields): string => `${String(s['stream'])} ${String(s['blocks'])} ${String(s['events'])} ${String(s['unsealed'])}`;
    if (!Array.isArray(streams) || streams.map(s => counted(s as Fields)).join() !== this.#done.map(s => counted({ ...s })).join()) form('The last line counts something else than what stands before it.');
    this.#ended = true;
  }
}
