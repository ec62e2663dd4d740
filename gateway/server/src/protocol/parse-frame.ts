import { CLIENT_OPS, clientFrames, PROTOCOL_VERSION, type ClientFrame, type ClientOp, type Problem } from '@xanthus/proto';
import { translateOlder } from './older.js';
import { problem } from './problem.js';

export type ParsedFrame =
  | { readonly frame: ClientFrame; /** It came in the form of before version 1. */ readonly older?: true }
  /** `inbox` and `target` are echoed when they could be read. */
  | { readonly problem: Problem; readonly inbox?: string; readonly target?: string };

const OPS: ReadonlySet<string> = new Set(CLIENT_OPS);

/** Text of one client frame → the frame, or why not. Never throws. */
export const parseFrame = (text: string, limits: { readonly json_depth: number }): ParsedFrame => {
  if (tooDeep(text, limits.json_depth)) return { problem: problem('TOO_LARGE', `The frame is nested deeper than ${limits.json_depth}.`) };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: problem('BAD_JSON') };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: problem('BAD_FRAME', 'A frame is a JSON object.') };
  const older = translateOlder(value as Record<string, unknown>);
  const given = older ?? (value as Record<string, unknown>);
  const { op, v, inbox, target } = given as Record<string, unknown>;
  const at = { ...(typeof inbox === 'string' && /^[\x20-\x7e]{1,64}$/.test(inbox) ? { inbox } : {}), ...(typeof target === 'string' && target.length <= 512 ? { target } : {}) };
  if (v !== undefined && v !== PROTOCOL_VERSION) return { problem: problem('UNSUPPORTED_VERSION', `Version ${PROTOCOL_VERSION} is spoken here.`), ...at };
  if (typeof op !== 'string') return { problem: problem('BAD_FRAME', 'The frame has no op.'), ...at };
  if (!OPS.has(op)) return { problem: problem('UNKNOWN_OP', `There is no op ${JSON.stringify(op.slice(0, 40))}.`), ...at };
  const parsed = clientFrames[op as ClientOp].safeParse(given);
  if (parsed.success) return { frame: parsed.data as ClientFrame, ...(older === undefined ? {} : { older: true }) };
  return { problem: problem('BAD_FRAME', undefined, parsed.error.issues.map(i => ({ path: i.path.join('.'), message: i.message }))), ...at };
};

/** Is JSON text nested deeper than `limit`? Looks at brackets outside strings only, before anything is built from the text. */
export const tooDeep = (text: string, limit: number): boolean => {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > limit) return true;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return false;
};
