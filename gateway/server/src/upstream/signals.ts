import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Policy } from '@xanthus/proto';
import type { Outbox, Owner, Waiting } from '../fan-out/outbox.js';
import { payloadText } from '../protocol/payload.js';

/** Core subjects: one NATS subscription per pattern for everyone on this gateway, each message encoded once. */
export class Signals {
  private readonly shared = new Map<string, Shared>();

  constructor(private readonly nc: NatsConnection) {}

  /** Nothing is delivered before `feed.live()`. @returns when NATS has heard of the pattern; undefined: it has */
  subscribe(feed: SignalFeed): Promise<void> | undefined {
    const known = this.shared.get(feed.pattern);
    if (known !== undefined) {
      known.listeners.add(feed);
      return known.heard;
    }
    const listeners = new Set([feed]);
    const head = `{"op":"msg","target":${JSON.stringify(feed.pattern)},"data":{"subject":`;
    const upstream = this.nc.subscribe(feed.pattern, {
      callback: (error, message) => {
        if (error === null) tell(listeners, message, head);
      },
    });
    const made: Shared = { listeners, upstream, heard: undefined };
    this.shared.set(feed.pattern, made);
    return (made.heard = this.heard(made));
  }

  unsubscribe(feed: SignalFeed): void {
    const known = this.shared.get(feed.pattern);
    if (known === undefined || !known.listeners.delete(feed) || known.listeners.size > 0) return;
    known.upstream.unsubscribe();
    this.shared.delete(feed.pattern);
  }

  get size(): number {
    return this.shared.size;
  }

  /** The server has read all that was sent to it. If it is away it will be told when it is back; that is not waited for. */
  private async heard(made: Shared): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => { timer = setTimeout(resolve, HEARD_MS); });
    await Promise.race([this.nc.flush().catch(() => undefined), late]);
    clearTimeout(timer);
    made.heard = undefined;
  }
}

interface Shared { readonly listeners: Set<SignalFeed>; readonly upstream: Subscription; heard: Promise<void> | undefined }
/** Longest wait for the server's word, ms. */
const HEARD_MS = 1_000;

const tell = (listeners: ReadonlySet<SignalFeed>, message: Msg, head: string): void => {
  const frame = Buffer.from(`${head}${JSON.stringify(message.subject)},"payload":${payloadText(message.data)}}}`);
  for (const listener of listeners) listener.deliver(message.subject, frame);
};

/** Most subjects whose newest value is kept for a connection under pressure. */
const KEPT = 1_024;

/** One `sub`. What happens when the queue is full is its policy; signals have no history to catch up from. */
export class SignalFeed implements Owner, Waiting {
  sent = 0;
  private isLive = false;
  private readonly newest = new Map<string, Buffer>();
  private dropped = 0;

  constructor(readonly pattern: string, private readonly policy: Policy, private readonly outbox: Outbox) {}

  /** The client has been told that it is live. */
  live(): void {
    this.isLive = true;
  }

  deliver(subject: string, frame: Buffer): void {
    if (!this.isLive) return;
    if (this.policy === 'reliable' || (this.newest.size === 0 && this.dropped === 0 && !this.outbox.full())) return this.outbox.push(frame, this);
    if (this.policy === 'latest' && (this.newest.has(subject) || this.newest.size < KEPT)) {
      this.newest.delete(subject);
      this.newest.set(subject, frame);
    } else this.dropped++;
    this.outbox.whenRoom(this);
  }

  pump(): void {
    if (this.dropped > 0) {
      this.outbox.push(Buffer.from(JSON.stringify({ op: 'msg', target: this.pattern, data: { kind: 'gap', count: this.dropped } })), this);
      this.dropped = 0;
    }
    for (const [subject, frame] of this.newest) {
      if (!this.outbox.hasRoom()) return this.outbox.whenRoom(this);
      this.newest.delete(subject);
      this.outbox.push(frame, this);
    }
  }

  end(): void {
    this.newest.clear();
    this.outbox.forget(this);
    this.outbox.purge(this);
  }
}
