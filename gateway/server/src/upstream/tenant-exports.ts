/** Everything that streams and views hold of one tenant, as lines of JSON. The gateway knows none of it: it reads what the tenant's owner may read anyway. */
import { createHash, type Hash } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { listValues, resolveViewBucket } from '@xanthus/jetstream';
import { INSTALLATION, SERVICES, streamName } from '@xanthus/proto';
import { natsStreams } from './nats-stream-source.js';

const PAGE = 500;

export interface ExportRequest {
  readonly tenant: string;
  /** Stands in the first line. */
  readonly about: Readonly<Record<string, unknown>>;
  /** What only auth knows: one line each. */
  readonly members: readonly unknown[];
  /** Stands in the manifest. */
  readonly key: unknown;
  /** Asked again and again while it goes on. @throws Refused once it may not go on */
  check(): void;
}

export interface TenantExports { lines(request: ExportRequest): AsyncGenerator<string> }

/** Counts and hashes what goes out: each section by itself, and the whole. */
class Sections {
  private readonly all = createHash('sha256');
  private readonly parts = new Map<string, { lines: number; hash: Hash }>();

  line(section: string, value: object): string {
    const text = `${JSON.stringify(value)}\n`;
    const part = this.parts.get(section) ?? { lines: 0, hash: createHash('sha256') };
    this.parts.set(section, part);
    part.lines += 1;
    part.hash.update(text);
    this.all.update(text);
    return text;
  }

  manifest(): { sections: Record<string, { lines: number; sha256: string }>; sha256: string } {
    return { sections: Object.fromEntries([...this.parts].map(([name, { lines, hash }]) => [name, { lines, sha256: hash.digest('hex') }])), sha256: this.all.digest('hex') };
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return { $base64: Buffer.from(text).toString('base64') };
  }
};

/** The tenant's own events, and in auth's stream those about the tenant itself. */
const filtersOf = (service: string, tenant: string): string[] => [`evt.${tenant}.>`, ...(service === 'auth' ? [`evt.${INSTALLATION}.auth.tenant.${tenant}`] : [])];

export const tenantExports = async (nc: NatsConnection, inboxPrefix: string): Promise<TenantExports> => {
  const sources = await natsStreams(nc, inboxPrefix);

  async function* events(stream: string, filter: string, last: number): AsyncGenerator<{ seq: number; time: string; event: unknown }> {
    const source = sources(stream);
    for (let after = 0; ;) {
      const { messages, complete } = await source.page(after, filter, PAGE);
      for (const { seq, time, data } of messages) {
        if (seq > last) return;
        yield { seq, time, event: parsed(Buffer.from(data).toString('utf8')) };
      }
      const next = messages.at(-1)?.seq;
      if (complete || next === undefined || next >= last) return;
      after = next;
    }
  }

  return {
    async *lines({ tenant, about, members, key, check }) {
      const sections = new Sections();
      const positions: Record<string, number> = {};
      yield sections.line('begin', { kind: 'begin', format: 1, ...about });
      for (const member of members) yield sections.line('members', { kind: 'member', member });
      for (const service of Object.keys(SERVICES)) {
        const stream = streamName(service);
        const { last } = await sources(stream).facts();
        positions[stream] = last;
        for (const filter of filtersOf(service, tenant)) {
          for await (const event of events(stream, filter, last)) {
            check();
            yield sections.line(stream, { kind: 'event', stream, ...event });
          }
        }
      }
      for (const service of Object.keys(SERVICES)) {
        check();
        const { bucket } = await resolveViewBucket(nc, service);
        for (const { key: at, text } of await listValues(nc, bucket, `${tenant}.>`)) yield sections.line(`views of ${service}`, { kind: 'view', service, key: at, value: parsed(text) });
      }
      yield `${JSON.stringify({ kind: 'manifest', tenant, positions, ...sections.manifest(), receipt_key: key })}\n`;
    },
  };
};
