/** A download of the log: as the service writes it, or, where a search for words was made, what fits of it. Pure. */
import type { AuditEvent } from './timeline.js';

const isLine = (value: unknown): value is { readonly stream: string; readonly seq: number; readonly stored_at: string; readonly event: unknown } => typeof value === 'object' && value !== null && 'stream' in value && 'event' in value;

/** Whole lines of what comes in pieces. */
export async function* linesIn(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines;
  }
  if (rest) yield [rest];
}

/** Of JSON Lines those that fit; what is no event (the sentence about what is left out) stays. */
export const fitting = (lines: readonly string[], fits: (event: AuditEvent) => boolean): readonly string[] => lines.filter((line) => {
  if (!line.trim()) return false;
  const read: unknown = JSON.parse(line);
  return !isLine(read) || fits({ stream: read.stream, seq: read.seq, at: Date.parse(read.stored_at), payload: read.event });
});

const COLUMNS = ['stream', 'seq', 'stored_at', 'occurred_at', 'type', 'service', 'aggregate', 'id', 'actor_kind', 'actor', 'via', 'correlation', 'command', 'event', 'data'];
/** A programme for tables takes what begins like this for a formula. */
const FORMULA = /^[\s\0]*[=+\-@|%]|^[\t\r\n]/; // oxlint-disable-line no-control-regex -- a program for tables skips it
const cell = (value: unknown): string => { const text = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value); return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`; };

export const csvHead = `${COLUMNS.join(',')}\r\n`;
/** As `GET /api/audit?format=csv` writes it. */
export const csvOf = (line: string): string => {
  const read: unknown = JSON.parse(line);
  if (!isLine(read)) return `${cell(`# ${String((read as { comment?: unknown }).comment ?? '')}`)}\r\n`;
  const e = read.event as { occurred_at?: string; type?: string; aggregate?: { service?: string; name?: string; id?: string }; actor?: { kind?: string; id?: string; via?: string }; correlation_id?: string; command_id?: string; id?: string; data?: unknown } | null;
  return `${[read.stream, read.seq, read.stored_at, e?.occurred_at, e?.type, e?.aggregate?.service, e?.aggregate?.name, e?.aggregate?.id, e?.actor?.kind, e?.actor?.id, e?.actor?.via, e?.correlation_id, e?.command_id, e?.id, e?.data].map(cell).join(',')}\r\n`;
};
