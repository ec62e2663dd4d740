/** What control frames say of a session. Everything is looked at: a newer service may say more, an older one less. Pure. */
import type { TerminalExit, TerminalFacts, TerminalViewer } from './terminal-types.js';

type Fields = { readonly [field: string]: unknown };

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const size = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= 1_000;

/** Roles that type; of `types`, where it is told, the service decides. */
const TYPING = new Set(['owner', 'peer', 'type']);

const viewersOf = (value: unknown): readonly TerminalViewer[] => (Array.isArray(value) ? value as Fields[] : []).flatMap(v =>
  (typeof v?.['viewer'] === 'string' ? [{ viewer: v['viewer'], person: text(v['person']), role: text(v['role']), types: v['types'] === true, driver: v['driver'] === true }] : []));

/** Undefined: it is no hello. */
export const factsOf = (hello: Fields): TerminalFacts | undefined => {
  if (!size(hello['cols']) || !size(hello['rows'])) return undefined;
  const mode = text(hello['mode']);
  return {
    session: text(hello['session']), viewer: text(hello['viewer']), cols: hello['cols'], rows: hello['rows'], mode, types: typeof hello['types'] === 'boolean' ? hello['types'] : TYPING.has(mode), recording: hello['recording'] === true,
    title: text(hello['title']), viewers: viewersOf(hello['viewers']), watching: typeof hello['viewers'] === 'number' ? hello['viewers'] : viewersOf(hello['viewers']).length, paused: typeof hello['paused'] === 'string' ? hello['paused'] : hello['paused'] === true ? 'no-moderator' : undefined, warning: undefined,
  };
};

export const factsAfter = (facts: TerminalFacts, control: Fields): TerminalFacts => {
  switch (control['op']) {
    case 'resize': return size(control['cols']) && size(control['rows']) ? { ...facts, cols: control['cols'], rows: control['rows'] } : facts;
    case 'viewers': {
      const viewers = viewersOf(control['viewers']);
      const me = viewers.find(v => v.viewer === facts.viewer);
      return { ...facts, viewers, watching: viewers.length, ...(me ? { mode: me.role, types: me.types } : {}) };
    }
    case 'recording': return { ...facts, recording: control['recording'] === true };
    case 'title': return { ...facts, title: text(control['title']) };
    case 'paused': return { ...facts, paused: text(control['reason']) || 'paused' };
    case 'resumed': return { ...facts, paused: undefined };
    case 'warning': return { ...facts, warning: { reason: text(control['reason']), ends_at: text(control['ends_at']) } };
    case 'stay': return { ...facts, warning: undefined };
    default: return facts;
  }
};

export const exitOf = (control: Fields): TerminalExit => ({
  code: typeof control['code'] === 'number' ? control['code'] : null, signal: typeof control['signal'] === 'string' ? control['signal'] : null,
  reason: text(control['reason']), message: text(control['message']), ...(typeof control['problem'] === 'string' ? { problem: control['problem'] } : {}),
});
