/** Small statements that a row makes; each says what it expected. */
import { Broken, NotOffered } from './row.js';
import type { Data, Frame } from './socket.js';

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);

export function holds(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Broken(sentence);
}

export const same = (actual: unknown, expected: unknown, what: string): void => {
  if (canonical(actual) === canonical(expected)) return;
  if (!Array.isArray(actual) || !Array.isArray(expected) || expected.length < 8) throw new Broken(`${what}: expected ${shown(expected)}, got ${shown(actual)}`);
  const at = Array.from({ length: Math.max(actual.length, expected.length) }).findIndex((_, i) => canonical(actual[i]) !== canonical(expected[i]));
  throw new Broken(`${what}: ${expected.length} expected, ${actual.length} came, at ${at} expected ${shown(expected.slice(at, at + 3))}, got ${shown(actual.slice(at, at + 3))}`);
};

/** Every field of `part` is there with that value. */
export const includes = (actual: unknown, part: Readonly<Record<string, unknown>>, what: string): void => {
  for (const [name, value] of Object.entries(part)) same((actual as Record<string, unknown> | undefined)?.[name], value, `${what}, ${name} of ${shown(actual)}`);
};

/** The frame is an error with this code. */
export const refusedWith = (frame: Frame, code: string, what: string): void => {
  if (frame.op !== 'error' || frame.data.code !== code) throw new Broken(`${what}: expected error ${code}, got ${frame.op} ${shown(frame.data)}`);
};

/** The server says by these codes that it has no such thing. */
export const offered = (frame: Frame, what: string): void => {
  if (frame.op === 'error' && ['BAD_FRAME', 'UNKNOWN_OP', 'NOT_FOUND'].includes(frame.data.code ?? '')) throw new NotOffered(`${what}: ${frame.data.code} ${String(frame.data['message'] ?? '')}`);
};

const canonical = (value: unknown): string => JSON.stringify(value, (_, v: unknown) =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v) ?? 'undefined';

/** Frames of one subscription. A filter or pattern that a frame does not carry means `>`. */
export const of = (target: string, filter?: string) => (frame: Frame): boolean =>
  frame.op === 'msg' && frame.target === target && (filter === undefined || (frame.data.filter ?? frame.data.pattern ?? '>') === filter);

/** Messages and changes only: no `in_sync`, `position`, `reset`. */
export const isData = (target: string, filter?: string) => (frame: Frame): boolean => of(target, filter)(frame) && !NOTES.has(frame.data.kind ?? '');
const NOTES = new Set(['in_sync', 'position', 'reset', 'gap']);

export const isNote = (target: string, kind: 'in_sync' | 'position' | 'reset' | 'gap') => (frame: Frame): boolean => frame.op === 'msg' && frame.target === target && frame.data.kind === kind;
export const isError = (code: string, target?: string) => (frame: Frame): boolean => frame.op === 'error' && frame.data.code === code && (target === undefined || frame.target === target);

/**
 * What a client proves with every frame of a stream or bucket: `prev ≤ position < seq` of each message, `prev ≤ position` of `in_sync` and `position`, which move it on.
 * A reset begins a new proof.
 * @returns the positions delivered
 */
export const proven = (frames: readonly Frame[], start: number, label: 'seq' | 'revision' = 'seq'): number[] => {
  let position = start;
  const told: number[] = [];
  for (const { data } of frames) {
    const at = data[label];
    if (data.kind === 'reset') {
      position = Number.NEGATIVE_INFINITY;
      continue;
    }
    holds(typeof at === 'number' && typeof data.prev === 'number', `a frame without ${label} or prev: ${shown(data)}`);
    if (position === Number.NEGATIVE_INFINITY) position = data.prev;
    holds(data.prev <= position, `${label} ${at} has prev ${data.prev}, but the client stands at ${position}: something between is missing`);
    if (NOTES.has(data.kind ?? '')) {
      holds(at >= position, `${data.kind} ${at} goes back behind ${position}`);
      position = at;
      continue;
    }
    holds(at > position, `${label} ${at} is told again, or out of order: the client stands at ${position}`);
    position = at;
    told.push(at);
  }
  return told;
};

export const dataOf = (frames: readonly Frame[]): Data[] => frames.map(f => f.data);
export const delay = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
