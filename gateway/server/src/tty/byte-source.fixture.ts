/** A terminals service that serves bytes instead of a shell: it keeps to the contract of `proto/src/tty.ts`. For specs. */
import { randomBytes } from 'node:crypto';
import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { HEADERS, parseTtyFrame, ttyBytes, ttyControl, ttyJson, ttySubject, TTY_KIND, type Problem, type TtyAttach, type TtyReplay } from '@xanthus/proto';

export class ByteSource {
  readonly typed: Buffer[] = [];
  readonly controls: { readonly op: string; readonly [field: string]: unknown }[] = [];
  readonly attaches: { readonly ask: TtyAttach; readonly identity: string | undefined }[] = [];
  /** Bytes that were published live; others wait until somebody can take them. */
  offset = 0;
  refuse: Problem | undefined;
  private readonly attachments = new Map<string, number>();
  private content = Buffer.alloc(0);
  private floor = 0;
  private readonly subs: Subscription[];

  constructor(private readonly nc: NatsConnection, readonly tenant: string, readonly session: string) {
    const on = (verb: 'attach' | 'replay' | 'in', act: (m: Msg) => void): Subscription => nc.subscribe(ttySubject(tenant, session, verb), { callback: (error, m) => (error === null ? act(m) : undefined) });
    this.subs = [on('attach', m => this.attach(m)), on('replay', m => this.replay(m)), on('in', m => this.take(m))];
  }

  /** Whatever the shell writes; it is read on only while a viewer can take more. */
  write(bytes: Buffer): void {
    this.content = Buffer.concat([this.content, bytes]);
    this.flow();
  }
  /** Forgets what lies before: then only a snapshot helps. */
  trim(offset: number): void {
    this.floor = offset;
  }
  say(control: object): void {
    this.nc.publish(ttySubject(this.tenant, this.session, 'out'), ttyControl(control));
  }
  /** As after a restart. */
  forget(): void {
    this.attachments.clear();
  }
  get viewers(): number {
    return this.attachments.size;
  }
  stop(): void {
    for (const sub of this.subs) sub.unsubscribe();
  }

  private flow(): void {
    const window = Math.max(0, ...this.attachments.values());
    while (this.offset < Math.min(window, this.content.length)) {
      const chunk = this.content.subarray(this.offset, Math.min(this.offset + 8_192, window));
      this.nc.publish(ttySubject(this.tenant, this.session, 'out'), ttyBytes(TTY_KIND.OUTPUT, this.offset, chunk));
      this.offset += chunk.length;
    }
  }

  private attach(m: Msg): void {
    const ask = m.json<TtyAttach>();
    this.attaches.push({ ask, identity: m.headers?.get(HEADERS.IDENTITY) });
    if (this.refuse !== undefined) return this.refused(m, this.refuse);
    const attachment = randomBytes(16).toString('hex');
    this.attachments.set(attachment, ask.up_to);
    m.respond(JSON.stringify({ attachment, hello: { session: this.session, offset: this.offset, cols: 80, rows: 24, mode: ask.types ? 'type' : 'watch', viewers: this.viewers, recording: false } }));
    this.flow();
  }

  private refused(m: Msg, error: Problem): void {
    const sent = headers();
    sent.set(HEADERS.ERROR, error.code);
    m.respond(JSON.stringify({ error }), { headers: sent });
  }

  private replay(m: Msg): void {
    const { attachment, from, max } = m.json<TtyReplay>();
    if (!this.attachments.has(attachment)) return this.refused(m, { code: 'SESSION.DETACHED', message: 'This viewer is not attached.', retryable: false });
    if ((from ?? 0) < this.floor) return void m.respond(ttyBytes(TTY_KIND.SNAPSHOT, this.offset, Buffer.from(`screen at ${this.offset}`)));
    const start = from ?? 0;
    m.respond(start >= this.offset ? undefined : ttyBytes(TTY_KIND.OUTPUT, start, this.content.subarray(start, Math.min(start + max, this.offset))));
  }

  private take(m: Msg): void {
    const attachment = m.headers?.get(HEADERS.ATTACHMENT) ?? '';
    if (!this.attachments.has(attachment)) return;
    if (m.data[0] === TTY_KIND.INPUT) return void this.typed.push(Buffer.from(m.data.subarray(1)));
    const control = ttyJson(m.data);
    if (control === undefined || parseTtyFrame(m.data) === undefined) return;
    if (control.op === 'credit') {
      this.attachments.set(attachment, Number(control['up_to']));
      this.flow();
    } else {
      if (control.op === 'detach') this.attachments.delete(attachment);
      this.controls.push(control);
    }
  }
}
