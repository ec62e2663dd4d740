/** A WebSocket whose network loses or doubles whole messages of streams; it also watches what comes after a right was withdrawn. */
import { WebSocket } from 'ws';

export interface Network {
  /** Port of the gateway (its proxy) that the next connection goes to. */
  port: number;
  /** So many messages of streams are lost, or come twice. */
  drop: number;
  duplicate: number;
  /** The planted fault: the message so many from now is lost and the next one's `prev` hides it. */
  hide: number;
  /** Promises that were broken on the wire. */
  readonly problems: string[];
  /** What went over it last, as it was before it was changed. */
  readonly wire: string[];
}
const KEPT = 400;
const FRAME = 260;
interface Frame { op: string; target?: string; data?: { kind?: string; seq?: number; prev?: number; code?: string; status?: string; filter?: string; details?: { filter?: string } } }

let sockets = 0;

export const faulty = (network: Network) => class extends WebSocket {
  readonly #id = sockets++;
  #hidden: number | undefined;
  /** Filters whose right was withdrawn on this connection, until the gateway accepts them again. */
  readonly #withdrawn = new Set<string>();

  constructor(url: string, protocols: string[]) { super(url.replace(/:\d+/, `:${network.port}`), protocols); }

  override addEventListener(type: never, fn: never): void {
    const listener = fn as (event: unknown) => void;
    super.addEventListener(type, (type === 'message' ? (event: { data: unknown }) => listener({ data: this.#change(String(event.data)) }) : listener) as never);
  }

  override send(text: never): void {
    this.#note(`> ${String(text)}`);
    super.send(text);
  }

  #note(line: string): void {
    network.wire.push(`${this.#id} ${line.slice(0, FRAME)}`);
    if (network.wire.length > KEPT) network.wire.shift();
  }

  #change(text: string): string {
    const frames = [JSON.parse(text) as Frame | Frame[]].flat();
    return JSON.stringify(frames.flatMap((frame) => {
      this.#note(JSON.stringify(frame));
      this.#watch(frame);
      return this.#pass(frame);
    }));
  }

  #watch({ op, data }: Frame): void {
    if (op === 'error' && data?.code === 'REVOKED' && data.details?.filter !== undefined) this.#withdrawn.add(data.details.filter);
    // One filter is as good as withdrawn as the other: a reply names none.
    else if (op === 'reply' && data?.status !== undefined && data.status !== 'ended') this.#withdrawn.clear();
    else if (op === 'msg' && data?.seq !== undefined && this.#withdrawn.has(data.filter ?? '>')) network.problems.push(`${data.seq} came after REVOKED`);
  }

  #pass(frame: Frame): Frame[] {
    if (frame.op !== 'msg' || !frame.target?.startsWith('js:') || frame.data?.seq === undefined || frame.data.prev === undefined) return [frame];
    if (this.#hidden !== undefined) {
      frame.data.prev = Math.min(frame.data.prev, this.#hidden);
      this.#hidden = undefined;
    }
    if (frame.data.kind !== undefined) return [frame];
    if (network.hide > 0 && network.hide-- === 1) {
      this.#hidden = frame.data.prev;
      return [];
    }
    if (network.drop > 0) {
      network.drop--;
      return [];
    }
    if (network.duplicate > 0) {
      network.duplicate--;
      return [frame, frame];
    }
    return [frame];
  }
};
