/** Events as lines of a file. Pure. */
import { storedTime } from '@xanthus/jetstream';
import type { AuditMessage } from '../upstream/audit-reader.js';

/** What one may not see: whole streams, and streams of which there is only a part. */
export interface LeftOut { readonly streams: readonly string[]; readonly in_part: readonly string[] }
const isWhole = ({ streams, in_part }: LeftOut): boolean => streams.length === 0 && in_part.length === 0;
export const sentenceOf = ({ streams, in_part }: LeftOut): string =>
  [...(streams.length === 0 ? [] : [`Not included, for you may not follow them: ${streams.join(', ')}.`]), ...(in_part.length === 0 ? [] : [`Included in part, as far as you may follow them: ${in_part.join(', ')}.`])].join(' ');

export interface Lines { readonly type: string; readonly extension: string; head(left: LeftOut): string; line(message: AuditMessage): string }

const textOf = (data: Uint8Array): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');

/** The event as it is stored, letter by letter, where it is one line of JSON. */
export const jsonLines: Lines = {
  type: 'application/x-ndjson; charset=utf-8', extension: 'jsonl',
  head: left => (isWhole(left) ? '' : `${JSON.stringify({ comment: sentenceOf(left), left_out: left.streams, in_part: left.in_part })}\n`),
  line: ({ stream, seq, time, data, event }) => {
    const text = textOf(data);
    const value = event === undefined ? JSON.stringify({ $base64: Buffer.from(data).toString('base64') }) : /[\n\r]/.test(text) ? JSON.stringify(event) : text;
    return `{"stream":${JSON.stringify(stream)},"seq":${seq},"stored_at":"${storedTime(time)}","event":${value}}\n`;
  },
};

const COLUMNS = ['stream', 'seq', 'stored_at', 'occurred_at', 'type', 'service', 'aggregate', 'id', 'actor_kind', 'actor', 'via', 'correlation', 'command', 'event', 'data'] as const;

/** A programme for tables takes what begins like this for a formula. */
const FORMULA = /^[\s\0]*[=+\-@|%]|^[\t\r\n]/;
export const cell = (value: unknown): string => {
  const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
};

export const csvLines: Lines = {
  type: 'text/csv; charset=utf-8', extension: 'csv',
  head: left => `${isWhole(left) ? '' : `${cell(`# ${sentenceOf(left)}`)}\r\n`}${COLUMNS.join(',')}\r\n`,
  line: ({ stream, seq, time, subject, data, event }) => {
    const [, , service, aggregate, id] = subject.split('.');
    return `${[stream, seq, storedTime(time), event?.occurred_at, event?.type, service, aggregate, id, event?.actor?.kind, event?.actor?.id, event?.actor?.via, event?.correlation_id, event?.command_id, event?.id, event === undefined ? textOf(data) : event.data].map(cell).join(',')}\r\n`;
  },
};

const CHUNK = 64 * 1024;
/** Some tens of kilobytes at once: a line each would cost more than what is in it. */
export async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk: string[] = [];
  let length = 0;
  for await (const line of lines) {
    chunk.push(line);
    length += line.length;
    if (length < CHUNK) continue;
    yield chunk.join('');
    [chunk, length] = [[], 0];
  }
  if (chunk.length > 0) yield chunk.join('');
}
