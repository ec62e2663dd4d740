/** The test of the test: a gateway that is wrong in one way fails the row that is about it, and passes it without the fault. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOurGateway, type OurGateway } from './our-gateway.fixture.js';
import { ROWS } from './rows/index.js';
import { runConformance, type Result } from './run.js';
import { startWrongGateway, type Envelope, type Fault } from './wrong-gateway.fixture.js';

const isStream = (f: Envelope): boolean => f.op === 'msg' && f.target?.startsWith('js:') === true && f.data?.['kind'] === undefined;
const isSignal = (f: Envelope): boolean => f.op === 'msg' && f.target?.startsWith('sig.') === true;
const isChange = (f: Envelope): boolean => f.op === 'msg' && f.target?.startsWith('kv:') === true && f.data?.['key'] !== undefined;
const nth = (n: number, fits: (f: Envelope) => boolean) => {
  let seen = 0;
  return (f: Envelope): boolean => fits(f) && ++seen === n;
};
const without = (f: Envelope, name: string): Envelope => ({ ...f, data: Object.fromEntries(Object.entries(f.data ?? {}).filter(([key]) => key !== name)) });
/** Holds a frame back until the one after it has gone. */
const swap = (which: (f: Envelope) => boolean): Fault => {
  let held: Envelope | undefined;
  return {
    out: (f) => {
      if (which(f)) {
        held = f;
        return [];
      }
      const out = held === undefined ? [f] : [f, held];
      held = undefined;
      return out;
    },
  };
};
const drop = (which: (f: Envelope) => boolean): Fault => ({ out: f => (which(f) ? [] : [f]) });
const change = (which: (f: Envelope) => boolean, to: (f: Envelope) => Envelope): Fault => ({ out: f => [which(f) ? to(f) : f] });

/** Tells what was told last once more, after the right was withdrawn. */
const leak = (): Fault => {
  const last = new Map<string, Envelope>();
  return {
    out: (f) => {
      if (f.op === 'msg' && f.target !== undefined) last.set(f.target, f);
      const leaked = f.op === 'error' && f.data?.['code'] === 'REVOKED' ? last.get(f.target ?? '') : undefined;
      return leaked === undefined ? [f] : [f, leaked];
    },
  };
};

/** Resumes whatever epoch the client names, as if it were the present one. */
const overAnEpoch = (): Fault => {
  let asked: Envelope | undefined;
  return {
    in: (f) => {
      if (f.op !== 'js_sub' || f.data?.['last_seq'] === undefined) return [f];
      asked = f;
      return [{ ...f, data: { filter: f.data['filter'], start_seq: Number(f.data['last_seq']) + 1 } }];
    },
    out: f => [asked !== undefined && f.op === 'reply' && f.inbox === asked.inbox ? { ...f, data: { ...f.data, status: 'resumed' } } : f],
  };
};

/** Two answers, each with the inbox of the other. */
const crossed = (): Fault => {
  let held: Envelope | undefined;
  return {
    out: (f) => {
      if (f.op !== 'reply' || !f.target?.startsWith('cmd.')) return [f];
      if (held === undefined) {
        held = f;
        return [];
      }
      const pair: Envelope[] = [{ ...f, inbox: held.inbox ?? '' }, { ...held, inbox: f.inbox ?? '' }];
      held = undefined;
      return pair;
    },
  };
};

const FAULTS: readonly (readonly [fault: string, row: string, make: () => Fault, because: RegExp])[] = [
  ['skips a message', 'js_sub/every match is told, in order, once', () => drop(nth(17, isStream)), /359 came/],
  ['skips a message and hides it in prev', 'js_sub/prev proves that nothing is missing', () => {
    const skipped = nth(17, isStream);
    return { out: f => (skipped(f) ? [] : isStream(f) ? [{ ...f, data: { ...f.data, prev: Number(f.data?.['seq']) - 1 } }] : [f]) };
  }, /159 came/],
  ['forgets prev', 'js_sub/prev proves that nothing is missing', () => change(isStream, f => without(f, 'prev')), /without seq or prev/],
  ['forgets prev after a filter', 'js_sub/prev goes over what a filter leaves out', () => change(isStream, f => ({ ...f, data: { ...f.data, prev: Number(f.data?.['seq']) - 1 } })), /something between is missing/],
  ['tells a message twice', 'js_sub/every match is told, in order, once', () => {
    const again = nth(30, isStream);
    return { out: f => (again(f) ? [f, f] : [f]) };
  }, /the sequences: .*, at 30/],
  ['tells messages out of order', 'js_sub/every match is told, in order, once', () => swap(nth(12, isStream)), /the sequences: .*, at 11/],
  ['is in sync twice', 'js_sub/in_sync comes exactly once, at the head', () => ({ out: f => (f.data?.['kind'] === 'in_sync' ? [f, f] : [f]) }), /in_sync: expected 1, got 2/],
  ['is in sync before it is', 'js_sub/in_sync comes exactly once, at the head', () => swap(nth(50, isStream)), /before in_sync: expected 50, got 49/],
  ['resumes over an epoch', 'resume/another epoch is reset epoch_changed', overAnEpoch, /expected "reset", got "resumed"/],
  ['resumes over a trim', 'resume/a trimmed stream is reset trimmed', overAnEpoch, /expected "reset", got "resumed"/],
  ['repeats the message that was seen last', 'resume/resumed: everything after last_seq follows, in order, once', () => ({ in: f => [f.op === 'js_sub' && f.data?.['last_seq'] !== undefined ? { ...f, data: { ...f.data, last_seq: Number(f.data['last_seq']) - 1, last_time: undefined } } : f] }), /expected 7, got 6/],
  ['does not count credit', 'credit/at most so many are delivered, then more with each grant', () => ({ in: f => [f.op === 'js_sub' ? without(f, 'credit') : f] }), /with a credit of 5/],
  ['leaks after a revocation', 'rights/no frame after REVOKED, and none later than 250 ms', leak, /a message after REVOKED/],
  ['leaks what was queued', 'rights/frames that are queued when the right goes are dropped', leak, /a message after REVOKED/],
  ['ends a subscription without a word', 'rights/what is withdrawn ends with REVOKED and cap_update, the rest goes on', () => drop(f => f.data?.['code'] === 'REVOKED'), /2 × REVOKED, 0 came/],
  ['answers out of order', 'cmd/answers that overtake each other reach who asked', crossed, /the answers: /],
  ['lets a wildcard through', 'rights/what no single grant contains is DENIED', () => change(f => f.data?.['code'] === 'DENIED' && f.target === 'sig.>', f => ({ ...f, op: 'reply', data: { status: 'live' } })), /expected error DENIED, got reply/],
  ['loses a key of the snapshot', 'kv_sub/the snapshot is complete, in_sync names its revision, changes follow', () => drop(nth(5, isChange)), /the snapshot: /],
  ['forgets deletions', 'kv_sub/resumed: only what changed since, deletions included', () => drop(f => isChange(f) && f.data?.['kind'] === 'del'), /what changed since: /],
  ['names a revision that the snapshot is not of', 'kv_sub/is atomic while keys are being written', () => change(f => f.target?.startsWith('kv:') === true && f.data?.['kind'] === 'in_sync', f => ({ ...f, data: { ...f.data, revision: Number(f.data?.['revision']) - 3 } })), /the state at revision/],
  ['swaps two signals', 'sub/is live, then tells every message in order', () => swap(nth(40, isSignal)), /the signals: .*, at 39/],
  ['goes on after unsub', 'unsub/ends it: nothing comes after', () => {
    let ended: string | undefined;
    return { out: (f) => {
      if (f.op === 'reply' && f.data?.['status'] === 'ended') ended = f.target;
      return isSignal(f) && ended !== undefined ? [f, { ...f, target: ended }] : [f];
    } };
  }, /after the reply to unsub/],
  ['loses the inbox of a refusal', 'envelope/inbox and target come back with the answer, of a refusal too', () => change(f => f.op === 'error', ({ inbox: _inbox, ...f }) => f), /the answer to unsub/],
  ['meets nonsense with silence', 'envelope/an op that does not exist is UNKNOWN_OP', () => drop(f => f.data?.['code'] === 'UNKNOWN_OP'), /no answer to/],
  ['invents an error code', 'envelope/what is no JSON is BAD_JSON', () => change(f => f.op === 'error', f => ({ ...f, data: { ...f.data, code: 'WHATEVER' } })), /expected error BAD_JSON/],
  ['says hello late', 'log-in/hello comes first and is complete, then cap_update', () => swap(f => f.op === 'hello'), /the first frames/],
  ['closes without a word', 'log-in/a token that is none is AUTH_REQUIRED and 4501', () => drop(f => f.op === 'error'), /an answer to .*closed with 4501/],
  ['closes with a code that means reconnect', 'log-in/a token that is none is AUTH_REQUIRED and 4501', () => ({ close: () => 4000 }), /expected 4501, got 4000/],
];

/** Faults tried at once: most of them only wait for what will never come. */
const WIDTH = 6;
let ours: OurGateway;
let unspoilt: Result[];
const spoilt = new Map<string, Result | undefined>();

const tried = async (fault: () => Fault, names: readonly string[]): Promise<Result[]> => {
  const wrong = await startWrongGateway(ours.url, fault);
  try {
    return await runConformance({ url: wrong.url, driver: ours.driver, rows: ROWS.filter(r => names.includes(r.name)) });
  } finally {
    await wrong.stop();
  }
};

const ABOUT = [...new Set(FAULTS.map(([, name]) => name))];
beforeAll(async () => {
  ours = await startOurGateway();
  unspoilt = await tried(() => ({}), ABOUT);
  const queue = [...FAULTS];
  await Promise.all(Array.from({ length: WIDTH }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) spoilt.set(next[0], (await tried(next[2], [next[1]]))[0]);
  }));
});
afterAll(async () => { await ours?.stop(); });

describe('a wrong gateway', () => {
  it('passes through a proxy that spoils nothing', () => {
    expect(unspoilt.map(r => r.name).sort()).toEqual([...ABOUT].sort());
    expect(unspoilt.filter(r => r.outcome !== 'passed')).toEqual([]);
  });

  it.each(FAULTS)('that %s fails "%s"', (fault, name, _make, because) => {
    expect(spoilt.get(fault)).toMatchObject({ name, outcome: 'failed', detail: expect.stringMatching(because) });
  });
});
