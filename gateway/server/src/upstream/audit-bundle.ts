/** The offline bundle of `GET /api/audit?format=chain`: raw events, the blocks that seal them, the public keys. Its form is in `docs/audit.md`; `npm start -- verify-audit` checks it. */
import type { NatsConnection } from '@nats-io/transport-node';
import { ChainLink, chainStart, endOfBlock, readEvent, storedTime, type ChainBlock, type ChainMessage, type PublicJwk } from '@xanthus/jetstream';
import { eventSubject, streamName } from '@xanthus/proto';
import { readRange } from './audit-reader.js';

export interface BundleRequest {
  readonly tenant: string;
  /** Of which services, and up to which sequence of their streams. */
  readonly chains: readonly { readonly service: string; readonly last: number }[];
  /** Streams that are not in it. */
  readonly left_out: readonly string[];
  /** Whole blocks that reach into this time, ms; without: everything. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly keys: readonly PublicJwk[];
  check(): void;
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const AUDIT = streamName('audit');

/** Text where the bytes are UTF-8, so that a person can read it. */
const contentOf = (data: Uint8Array): { readonly text: string } | { readonly base64: string } => {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString('base64') };
};
const messageLine = ({ seq, time, subject, data }: ChainMessage, link: ChainLink): string => line({ kind: 'message', seq, time: storedTime(time), subject, ...contentOf(data), hash: link.hash });

const milliseconds = (time: string): number => Date.parse(`${time.slice(0, 23)}Z`);

export async function* bundleLines(nc: NatsConnection, o: BundleRequest): AsyncGenerator<string> {
  const { tenant, from, to } = o;
  const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  let lines = 2;
  yield line({ kind: 'bundle', version: 1, tenant, from: iso(from), to: iso(to), made_at: new Date().toISOString(), streams: o.chains.map(c => streamName(c.service)), left_out: o.left_out });
  yield line({ kind: 'keys', keys: o.keys });
  const streams: { stream: string; blocks: number; events: number; unsealed: number }[] = [];
  for (const { service, last } of o.chains) {
    const stream = streamName(service);
    const count = { stream, blocks: 0, events: 0, unsealed: 0 };
    streams.push(count);
    yield line({ kind: 'stream', stream });
    lines++;
    let end = chainStart(tenant, stream);
    let over = false;
    const messages = (after: number, upTo: number) => readRange(nc, stream, `evt.${tenant}.${service}.>`, { from: after + 1, to: upTo }, o.check);
    for await (const block of blocksOf(nc, tenant, service, o.check)) {
      if (to !== undefined && milliseconds(block.from_time) >= to) {
        over = true;
        break;
      }
      if (from === undefined || milliseconds(block.time) >= from) {
        yield line({ kind: 'block', ...block });
        lines++;
        const link = new ChainLink(end);
        for await (const message of messages(end.seq, block.seq)) {
          link.add(message);
          yield messageLine(message, link);
          lines++;
        }
        count.blocks++;
        count.events += link.events;
      }
      end = endOfBlock(block);
    }
    if (over) continue;
    const link = new ChainLink(end);
    for await (const message of messages(end.seq, last)) {
      if (count.unsealed === 0) {
        yield line({ kind: 'unsealed', stream });
        lines++;
      }
      link.add(message);
      yield messageLine(message, link);
      lines++;
      count.unsealed++;
    }
  }
  yield line({ kind: 'end', lines: lines + 1, streams });
}

async function* blocksOf(nc: NatsConnection, tenant: string, service: string, check: () => void): AsyncGenerator<ChainBlock> {
  const subject = eventSubject({ tenant, service: 'audit', aggregate: 'chain', id: service });
  for await (const { seq, subject: of, data } of readRange(nc, AUDIT, subject, { from: 1, to: Number.MAX_SAFE_INTEGER }, check)) yield readEvent(AUDIT, { seq, subject: of, data, time: '' }).data as ChainBlock;
}
