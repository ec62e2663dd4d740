/** What a row has in hand: sockets, persons of a tenant of its own, and the parts of the driver that it needs. */
import type { CapabilityDocument } from '@xanthus/proto';
import type { Driver, Person, TestStream } from './driver.js';
import { Broken } from './row.js';
import { Socket, type SocketOptions } from './socket.js';

export interface Subject {
  /** `ws://host:port` or `http://host:port`. */
  readonly url: string;
  /** Access token of somebody with an open session; without one, a driver that makes identities is needed. */
  readonly token?: string;
  readonly driver?: Driver;
  /** So many times longer than usual may everything take, on a busy machine; default 1. */
  readonly slack?: number;
}

export class Trial {
  /** Nobody else uses it. */
  readonly tenant = `cf-${Math.random().toString(36).slice(2, 12)}`;
  readonly url: string;
  private readonly sockets: Socket[] = [];
  private readonly endings: (() => Promise<void> | void)[] = [];
  private owner: Promise<Person> | undefined;
  /** People with all rights whom the gateway may not know yet. */
  private readonly unseen = new WeakSet<Person>();

  constructor(private readonly subject: Subject) {
    this.url = subject.url;
  }

  /** A part of the driver; the runner has checked that it is there. */
  part<P extends keyof Driver>(name: P): NonNullable<Driver[P]> {
    const part = this.subject.driver?.[name];
    if (part === undefined) throw new Broken(`the row uses ${name} without saying so`);
    return part as NonNullable<Driver[P]>;
  }
  has(name: keyof Driver): boolean {
    return this.subject.driver?.[name] !== undefined;
  }

  /** All rights within the row's tenant. */
  get rights(): CapabilityDocument {
    const all = `${this.tenant}.>`;
    return { subjects: [`sig.${all}`, `tty.${all}`], buckets: { '*': [all] }, commands: [`cmd.${all}`, `qry.${all}`], streams: { '*': [`evt.${all}`] } };
  }
  async person(rights?: Partial<CapabilityDocument>): Promise<Person> {
    const person = await this.part('identities').person(this.tenant, rights ?? this.rights);
    if (rights === undefined) this.unseen.add(person);
    return person;
  }
  /** Somebody with all rights, the same every time. */
  me(): Promise<Person> {
    return (this.owner ??= this.person());
  }
  async token(person?: Person): Promise<string> {
    if (person !== undefined) return person.token();
    return this.has('identities') ? (await this.me()).token() : (this.subject.token ?? '');
  }

  /** Opening; not logged in. */
  raw(options?: SocketOptions, url = this.url): Socket {
    const socket = new Socket(url, { slack: this.subject.slack ?? 1, ...options });
    this.sockets.push(socket);
    return socket;
  }
  open(options?: SocketOptions, url?: string): Promise<Socket> {
    return this.raw(options, url).open();
  }
  /** Logged in; `hello` and the first `cap_update` have come. */
  async live(person?: Person, options?: SocketOptions, url?: string): Promise<Socket> {
    const [socket, token] = await Promise.all([this.open(options, url), this.token(person)]);
    socket.send({ op: 'auth', inbox: 'log-in', data: { token } });
    // what was granted a moment ago to one with all rights may come in a second update
    const whole = this.has('identities') && (person === undefined || this.unseen.has(person));
    await socket.until(f => f.op === 'cap_update' && (!whole || JSON.stringify(f.data).includes('evt.')), 'hello and cap_update');
    if (person !== undefined) this.unseen.delete(person);
    return socket;
  }

  async stream(): Promise<TestStream> {
    const stream = await this.part('streams').create(this.tenant);
    this.after(() => stream.remove());
    return stream;
  }
  /** A service for `cmd.<tenant>.conformance.…`; ends with the row. */
  async service(subject: string, answer: Parameters<NonNullable<Driver['services']>['answer']>[1]): Promise<void> {
    const service = await this.part('services').answer(subject, answer);
    this.after(() => service.stop());
  }
  /** Again and again beside the row, until stopped. `stop` throws what went wrong. */
  meanwhile(run: (i: number) => Promise<void>): { stop(): Promise<void> } {
    const over = new AbortController();
    const running = (async () => { for (let i = 0; !over.signal.aborted; i++) await run(i); })();
    running.catch(() => undefined);
    const stop = (): Promise<void> => {
      over.abort();
      return running;
    };
    this.after(stop);
    return { stop };
  }
  after(end: () => Promise<void> | void): void {
    this.endings.push(end);
  }

  get violations(): string[] {
    return this.sockets.flatMap(s => s.violations);
  }
  async end(): Promise<void> {
    for (const socket of this.sockets) socket.close();
    for (const end of this.endings.toReversed()) await Promise.resolve(end()).catch(() => undefined);
  }
}
