import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { REMOVAL_STEPS, REMOVAL_WORDS, SET_UP_LOG_LINES, SET_UP_STEPS, SET_UP_WORDS, setUpView } from '@xanthus/proto/vps';
import type { ProvisioningEvent } from '../provisioning/provisioning.js';
import type { RemovalEvent } from '../removal/removal.js';
import type { CreationEvent } from '../server/creation-state.js';
import type { ServerEvent } from '../server/server.js';

export type SetUpRow = DataOf<typeof setUpView>;
type Step = SetUpRow['steps'][number];
type RemovalRow = SetUpRow['removal'][number];
type Known = ServerEvent | CreationEvent | ProvisioningEvent | RemovalEvent;

const pending = { state: 'pending' as const, attempt: 0, started_at: null, duration_ms: null, text: null };

/** Before the process has written its own beginning, which it does within moments. */
const fresh = (server: string, kind: SetUpRow['kind'], name: string, steps: readonly Step['name'][], at: string): SetUpRow => ({
  server, kind, name, state: 'running', step: null, steps: steps.map(step => ({ name: step, ...pending })), removal: [], word: null, percent: null, problem: null, retry_at: null, next: ['cancel'], log: [], started_at: at, ended_at: null, changed_at: at,
});

const change = <R extends { readonly name: string }>(rows: readonly R[], name: string, to: Partial<R>): R[] => rows.map(row => (row.name === name ? { ...row, ...to } : row));
const note = (row: SetUpRow, at: string, ...lines: readonly string[]): string[] => [...row.log, ...lines.map(line => `${at.slice(11, 19)} ${line}`)].slice(-SET_UP_LOG_LINES);

const next = (row: SetUpRow): SetUpRow['next'] => {
  switch (row.state) {
    case 'running': return ['cancel'];
    case 'failed': return ['retry', 'cancel'];
    case 'removal-failed': return ['delete'];
    default: return [];
  }
};

/** Once it is to go, what becomes of its making changes nothing about that. */
const stateOf = (row: SetUpRow, state: SetUpRow['state']): SetUpRow['state'] => (row.state === 'removing' || row.state === 'removal-failed' ? row.state : state);

const evolveSetUp = (row: SetUpRow, event: ProvisioningEvent, at: string): SetUpRow => {
  switch (event.type) {
    case 'StepStarted': {
      const { step, attempt } = event.data;
      const before = row.steps.find(s => s.name === step);
      return {
        ...row, step, problem: null, retry_at: null, word: null, percent: null, log: note(row, at, attempt === 1 ? `${SET_UP_WORDS[step]}…` : `${SET_UP_WORDS[step]}: try ${attempt}`),
        steps: change<Step>(row.steps, step, { state: 'running', attempt, started_at: before?.started_at ?? at, text: null }),
      };
    }
    case 'StepProgressed': {
      const { step, word, text, percent, lines } = event.data;
      return { ...row, word, percent: percent ?? null, log: [...row.log, ...lines].slice(-SET_UP_LOG_LINES), steps: change<Step>(row.steps, step, { text }) };
    }
    case 'StepFinished': {
      const { step, duration_ms, detail } = event.data;
      return { ...row, percent: null, log: note(row, at, `${SET_UP_WORDS[step]}: done. ${detail}`.trim()), steps: change<Step>(row.steps, step, { state: 'done', duration_ms, text: detail === '' ? null : detail }) };
    }
    case 'StepFailed': {
      const { step, code, message, retry_at } = event.data;
      return {
        ...row, retry_at, problem: { code, message }, log: note(row, at, `${SET_UP_WORDS[step]}: ${message} (${code})`),
        steps: change<Step>(row.steps, step, { state: retry_at === null ? 'failed' : 'waiting', text: message }),
      };
    }
    case 'ProvisioningFailed': return { ...row, state: stateOf(row, 'failed'), retry_at: null, problem: { code: event.data.code, message: event.data.message }, ended_at: at };
    case 'ProvisioningRetried': {
      const from = row.steps.findIndex(s => s.name === event.data.from_step);
      return { ...row, state: stateOf(row, 'running'), problem: null, ended_at: null, log: note(row, at, `Tried again from: ${SET_UP_WORDS[event.data.from_step]}`), steps: row.steps.map((s, i) => (i < from ? s : { name: s.name, ...pending })) };
    }
    case 'ProvisioningCancelRequested': return { ...row, state: stateOf(row, 'cancelling'), retry_at: null, log: note(row, at, 'Cancelled by a person.') };
    case 'ProvisioningCancelled': return { ...row, state: stateOf(row, 'cancelled'), ended_at: at };
    case 'ProvisioningFinished': return { ...row, state: 'finished', step: null, word: 'READY', problem: null, ended_at: at };
    default: return row;
  }
};

const evolveRemoval = (row: SetUpRow, event: RemovalEvent, at: string): SetUpRow => {
  switch (event.type) {
    case 'RemovalStarted': case 'RemovalRetried': {
      const removal = row.removal.length > 0 ? row.removal : REMOVAL_STEPS.map(name => ({ name, ...pending }));
      return { ...row, state: 'removing', problem: null, retry_at: null, ended_at: null, removal, log: note(row, at, event.type === 'RemovalStarted' ? 'It is being deleted.' : 'Deleting it is tried again.') };
    }
    case 'RemovalStepStarted': {
      const { step, attempt } = event.data;
      return { ...row, problem: null, retry_at: null, removal: change<RemovalRow>(row.removal, step, { state: 'running', attempt, started_at: row.removal.find(s => s.name === step)?.started_at ?? at, text: null }) };
    }
    case 'RemovalStepFinished': {
      const { step, duration_ms, detail } = event.data;
      return { ...row, log: note(row, at, `${REMOVAL_WORDS[step]}: done. ${detail}`.trim()), removal: change<RemovalRow>(row.removal, step, { state: 'done', duration_ms, text: detail === '' ? null : detail }) };
    }
    case 'RemovalStepFailed': {
      const { step, code, message, retry_at } = event.data;
      return { ...row, retry_at, problem: { code, message }, log: note(row, at, `${REMOVAL_WORDS[step]}: ${message} (${code})`), removal: change<RemovalRow>(row.removal, step, { state: retry_at === null ? 'failed' : 'waiting', text: message }) };
    }
    case 'RemovalFailed': return { ...row, state: 'removal-failed', problem: { code: event.data.code, message: event.data.message }, retry_at: null, ended_at: at };
    default: return row;
  }
};

const ofServer = (row: SetUpRow | undefined, event: RecordedEvent, known: ServerEvent | CreationEvent): SetUpRow | undefined => {
  switch (known.type) {
    case 'ServerRequested': return fresh(event.aggregate.id, 'create', known.data.name, SET_UP_STEPS, event.occurred_at);
    case 'ServerRenamed': return row && { ...row, name: known.data.name };
    case 'ServerRemovalRequested': return row && { ...row, state: 'removing', changed_at: event.occurred_at };
    case 'ServerDeleted': return undefined;
    default: return row;
  }
};

const fold = (row: SetUpRow | undefined, event: RecordedEvent): SetUpRow | undefined => {
  const known = event as unknown as Known;
  const at = event.occurred_at;
  const after = event.aggregate.name === 'server' ? ofServer(row, event, known as ServerEvent | CreationEvent)
    : known.type === 'ProvisioningStarted' ? { ...fresh(event.aggregate.id, known.data.kind, known.data.name, known.data.steps, at), ...(row?.kind === 'create' && known.data.kind === 'create' ? { started_at: row.started_at } : {}) }
      : row && (event.aggregate.name === 'removal' ? evolveRemoval(row, known as RemovalEvent, at) : evolveSetUp(row, known as ProvisioningEvent, at));
  return after && after !== row ? { ...after, next: next(after), changed_at: at } : after;
};

/** How far is the making, setting up or deleting of each server? `<tenant>.setup.<server>` */
export const setUpProjection: Projection = keyedProjection<SetUpRow>({
  name: 'setup',
  version: 1,
  schema: setUpView.schema,
  own: { view: 'setup', aggregates: ['server', 'provisioning', 'removal'] },
  evolve: fold,
});
