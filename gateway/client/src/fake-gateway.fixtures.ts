/** A gateway in memory, as faulty as a spec wants it: frames wait on a wire until they are delivered, lost, repeated or cut off. */
import { matches, NO_CAPABILITIES, type CapabilityDocument, type ServerFrame } from '@xanthus/proto';
import type { SocketLike } from './types.js';

export interface StoredMessage { readonly seq: number; readonly subject: string; readonly time: string; readonly payload: unknown }
interface Stream { epoch: string; head: number; messages: StoredMessage[] }
interface Watch { readonly bucket: string; readonly pattern?: string; told: number }
interface Bucket { epoch: string; revision: number; log: { key: string; revision: number; kind: 'put' | 'del'; value?: unknown }[] }
interface Tail { readonly stream: string; readonly filter?: string; next: number; prev: number; synced: boolean }
interface Frame { readonly op: string; readonly target?: string; readonly inbox?: string; readonly data?: Record<string, never> & object; readonly idempotency_key?: string; readonly expected_seq?: number }

export const EVERYTHING: CapabilityDocument = { subjects: ['sig.acme.>'], buckets: { vps: ['acme.>'] }, commands: ['cmd.acme.>', 'qry.acme.>'], streams: { VPS: ['evt.acme.>'] } };

type Listener = (event: object) => void;

export class FakeGateway {
  readonly streams = new Map<string, Stream>();
  readonly buckets = new Map<string, Bucket>();
  capabilities: CapabilityDocument = EVERYTHING;
  /** Refuses to open sockets. */
  down = false;
  /** Delivers as soon as it can; otherwise `deliver` does. */
  auto = true;
  silent = false;
  user = 'u1';
  expiresIn = 600_000;
  limits = { subscriptions: 256, frames_per_second: 1_000_000, burst: 1_000_000, frame_bytes: 65_536, json_depth: 32, queue_bytes: 1_048_576, queue_frames: 1_024 };
  readonly received: Frame[] = [];
  readonly tokens: string[] = [];
  /** What a command does; the answer of an idempotency key that came before is repeated. */
  onCommand: (frame: Frame) => unknown = () => ({ ok: true });
  readonly effects: string[] = [];
  refuse: (frame: Frame) => { code: string; message: string; retryable: boolean } | undefined = () => undefined;
  connections = 0;
  #socket: FakeSocket | undefined;
  #wire: ServerFrame[] = [];
  #answers = new Map<string, unknown>();
  #tails = new Map<string, Tail>();
  #watches = new Map<string, Watch>();

  readonly WebSocket = ((gateway: FakeGateway) => class extends FakeSocket {
    constructor(readonly url: string, readonly protocols: string[]) {
      super(gateway);
    }
  })(this);

  opened(socket: FakeSocket): void {
    if (this.down) return socket.emit('close', { code: 1006 });
    this.connections++;
    this.#socket = socket;
    this.#wire = [];
    this.#tails.clear();
    this.#watches.clear();
    socket.emit('open', {});
  }

  /** The connection is gone, and with it what was on the wire. */
  cut(code = 1006): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#wire = [];
    socket?.emit('close', { code });
  }

  /** @throws Error there is no connection. */
  get socket(): FakeSocket {
    if (!this.#socket) throw new Error('no connection');
    return this.#socket;
  }

  left(socket: FakeSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  send(frame: ServerFrame): void {
    if (!this.#socket) return;
    this.#wire.push(JSON.parse(JSON.stringify(frame)) as ServerFrame);
    if (this.auto) this.deliver(1);
  }

  get waiting(): number {
    return this.#wire.length;
  }

  deliver(n = Infinity, batch = false): void {
    if (this.silent) return;
    const frames = this.#wire.splice(0, n);
    if (batch && frames.length > 0) this.#socket?.emit('message', { data: JSON.stringify(frames) });
    else for (const frame of frames) this.#socket?.emit('message', { data: JSON.stringify(frame) });
  }

  /**
   * A frame that never arrives: a bug of the gateway that the client has to notice. Only one that is followed by another, whatever it says.
   */
  lose(): void {
    const chained = (f: ServerFrame | undefined): f is ServerFrame => f?.op === 'msg' && 'prev' in (f.data as object);
    const item = (f: ServerFrame): boolean => chained(f) && (f.data as { kind?: string }).kind !== 'in_sync';
    const at = this.#wire.findIndex((f, i) => item(f) && chained(this.#wire[i + 1]));
    if (at >= 0) this.#wire.splice(at, 1);
  }

  repeat(): void {
    const at = this.#wire.findIndex(f => f.op === 'msg' && 'prev' in (f.data as object));
    const frame = this.#wire[at];
    if (frame) this.#wire.splice(at + 1, 0, frame);
  }

  stream(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) this.streams.set(name, (stream = { epoch: 'e1', head: 0, messages: [] }));
    return stream;
  }

  bucket(name: string): Bucket {
    let bucket = this.buckets.get(name);
    if (!bucket) this.buckets.set(name, (bucket = { epoch: 'e1', revision: 0, log: [] }));
    return bucket;
  }

  publish(name: string, subject: string, payload: unknown = {}): StoredMessage {
    const stream = this.stream(name);
    const message = { seq: ++stream.head, subject, time: new Date(1_700_000_000_000 + stream.head * 1_000).toISOString(), payload };
    stream.messages.push(message);
    this.#follow(name);
    return message;
  }

  /** The oldest messages go. */
  trim(name: string, count: number): void {
    this.stream(name).messages.splice(0, count);
  }

  /** The stream was made anew: other epoch, other content. */
  recreate(name: string): void {
    const stream = this.stream(name);
    this.streams.set(name, { epoch: `e${Number(stream.epoch.slice(1)) + 1}`, head: 0, messages: [] });
    for (const tail of this.#tails.values()) {
      if (tail.stream !== name) continue;
      Object.assign(tail, { next: 1, prev: 0 });
      this.send({ op: 'msg', target: `js:${name}`, data: { ...filterOf(tail), kind: 'reset', reason: 'epoch_changed', epoch: this.stream(name).epoch, from_seq: 1 } });
    }
  }

  put(name: string, key: string, value: unknown): void {
    this.#change(name, { key, kind: 'put', value });
  }

  del(name: string, key: string): void {
    this.#change(name, { key, kind: 'del' });
  }

  grant(document: CapabilityDocument): void {
    this.capabilities = document;
    this.send({ op: 'cap_update', data: { ...document, revision: 2 } });
  }

  handle(socket: FakeSocket, frame: Frame): void {
    if (this.#socket !== socket) return;
    this.received.push(frame);
    const { op, target = '', inbox, data = {} } = frame;
    const echo = inbox === undefined ? {} : { inbox };
    const reply = (body: unknown): void => this.send({ op: 'reply', target, ...echo, data: body });
    const refused = op === 'auth' || op === 'ping' || op === 'unsub' ? undefined : this.refuse(frame);
    if (refused) return this.send({ op: 'error', target, ...echo, data: refused });
    switch (op) {
      case 'auth': return this.#auth(data as { token?: string }, echo);
      case 'ping': return this.send({ op: 'pong', ...echo, data });
      case 'sub': return reply({ status: 'live' });
      case 'unsub': {
        const { filter, pattern } = data as { filter?: string; pattern?: string };
        const found = [this.#tails.delete(`${target} ${filter ?? '>'}`), this.#watches.delete(`${target} ${pattern ?? '>'}`), !/^(js|kv):/.test(target)].includes(true);
        if (found) return reply({ status: 'ended' });
        return this.send({ op: 'error', target, ...echo, data: { code: 'NOT_FOUND', message: 'There is no such subscription.', retryable: false } });
      }
      case 'js_sub': return this.#tail(target, data, reply);
      case 'kv_sub': return this.#watch(target, data, reply);
      case 'cmd': return reply(this.#command(frame));
      default:
    }
  }

  #auth({ token = '' }: { token?: string }, echo: object): void {
    const first = this.tokens.length < this.connections;
    this.tokens.push(token);
    const expires_at = new Date(Date.now() + this.expiresIn).toISOString();
    const refused = this.refuse({ op: 'auth', data: { token } as never });
    if (refused) {
      this.send({ op: 'error', ...echo, data: refused });
      return this.cut(4501);
    }
    if (first) {
      this.send({ op: 'hello', data: { v: 1, connection: `c${this.connections}`, user: { id: this.user, name: 'Ada' }, tenant: { id: 'acme', name: 'Acme' }, limits: this.limits, ping_interval_ms: 25_000, expires_at } });
    }
    this.send({ op: 'reply', ...echo, data: { expires_at } });
    if (first) this.send({ op: 'cap_update', data: { ...NO_CAPABILITIES, ...this.capabilities, revision: 1 } });
  }

  #command(frame: Frame): unknown {
    const key = frame.idempotency_key;
    if (key !== undefined && this.#answers.has(key)) return this.#answers.get(key);
    const answer = this.onCommand(frame);
    this.effects.push(frame.target ?? '');
    if (key !== undefined) this.#answers.set(key, answer);
    return answer;
  }

  #tail(name: string, data: object, reply: (body: unknown) => void): void {
    const { filter, start_seq, start_time, last_seq, epoch } = data as { filter?: string; start_seq?: number; start_time?: string; last_seq?: number; epoch?: string };
    const stream = this.stream(name);
    const oldest = stream.messages[0]?.seq ?? stream.head + 1;
    const timed = start_time === undefined ? undefined : (stream.messages.find(m => m.time >= start_time)?.seq ?? stream.head + 1);
    const fallback = start_seq ?? timed ?? stream.head + 1;
    const head_seq = stream.head;
    const tail: Tail = { stream: name, ...(filter === undefined ? {} : { filter }), next: fallback, prev: fallback - 1, synced: false };
    this.#tails.set(`js:${name} ${filter ?? '>'}`, tail);
    if (last_seq === undefined) reply({ status: 'subscribed', epoch: stream.epoch, from_seq: fallback, head_seq });
    else {
      const reason = epoch !== stream.epoch ? 'epoch_changed' : last_seq > head_seq ? 'ahead' : oldest > last_seq + 1 ? 'trimmed' : undefined;
      if (reason === undefined) Object.assign(tail, { next: last_seq + 1, prev: last_seq });
      reply(reason === undefined ? { status: 'resumed', epoch: stream.epoch, from_seq: last_seq + 1, head_seq } : { status: 'reset', reason, epoch: stream.epoch, from_seq: fallback, head_seq });
    }
    this.#follow(name);
  }

  #follow(name: string): void {
    const stream = this.stream(name);
    for (const tail of this.#tails.values()) {
      if (tail.stream !== name) continue;
      for (const message of stream.messages) {
        if (message.seq < tail.next || (tail.filter !== undefined && !matches(tail.filter, message.subject))) continue;
        this.send({ op: 'msg', target: `js:${name}`, data: { ...filterOf(tail), ...message, prev: tail.prev } });
        tail.prev = message.seq;
        tail.next = message.seq + 1;
      }
      if (!tail.synced) this.send({ op: 'msg', target: `js:${name}`, data: { ...filterOf(tail), kind: 'in_sync', seq: stream.head, prev: tail.prev } });
      tail.synced = true;
    }
  }

  #watch(name: string, data: object, reply: (body: unknown) => void): void {
    const { pattern, last_revision, epoch } = data as { pattern?: string; last_revision?: number; epoch?: string };
    const bucket = this.bucket(name);
    const resumed = last_revision !== undefined && epoch === bucket.epoch && last_revision <= bucket.revision;
    reply(last_revision === undefined ? { status: 'subscribed', epoch: bucket.epoch } : resumed ? { status: 'resumed', epoch: bucket.epoch } : { status: 'reset', reason: 'epoch_changed', epoch: bucket.epoch });
    const watch: Watch = { bucket: name, ...(pattern === undefined ? {} : { pattern }), told: resumed ? last_revision : 0 };
    const newest = new Map(bucket.log.map(change => [change.key, change]));
    for (const change of [...newest.values()].toSorted((a, b) => a.revision - b.revision)) {
      if (resumed ? change.revision > last_revision : change.kind === 'put') this.#changed(watch, change);
    }
    this.#watches.set(`kv:${name} ${pattern ?? '>'}`, watch);
    this.send({ op: 'msg', target: `kv:${name}`, data: { ...(pattern === undefined ? {} : { pattern }), kind: 'in_sync', revision: bucket.revision, prev: watch.told } });
  }

  #change(name: string, change: { key: string; kind: 'put' | 'del'; value?: unknown }): void {
    const bucket = this.bucket(name);
    const entry = { ...change, revision: ++bucket.revision };
    bucket.log.push(entry);
    for (const watch of this.#watches.values()) if (watch.bucket === name) this.#changed(watch, entry);
  }

  #changed(watch: Watch, change: { key: string; revision: number }): void {
    const { bucket, pattern } = watch;
    if (pattern !== undefined && !matches(pattern, change.key)) return;
    this.send({ op: 'msg', target: `kv:${bucket}`, data: { ...(pattern === undefined ? {} : { pattern }), ...change, prev: watch.told, time: new Date(0).toISOString() } });
    watch.told = change.revision;
  }
}

const filterOf = (tail: Tail): object => (tail.filter === undefined ? {} : { filter: tail.filter });

class FakeSocket implements SocketLike {
  readyState = 0;
  readonly #listeners = new Map<string, Listener[]>();

  constructor(private readonly gateway: FakeGateway) {
    setTimeout(() => { if (this.readyState === 0) this.gateway.opened(this); }, 0);
  }

  addEventListener(type: string, fn: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), fn as Listener]);
  }

  emit(type: string, event: object): void {
    if (type === 'open') this.readyState = 1;
    if (type === 'close') this.readyState = 3;
    for (const fn of this.#listeners.get(type) ?? []) fn(event);
  }

  send(data: string): void {
    if (this.readyState === 1) this.gateway.handle(this, JSON.parse(data) as Frame);
  }

  close(): void {
    this.readyState = 3;
    this.gateway.left(this);
  }
}
