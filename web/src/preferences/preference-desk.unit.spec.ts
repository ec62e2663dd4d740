import { describe, expect, it } from '@jest/globals';
import { DEBOUNCE, PreferenceDesk, type DeskPorts, type Kept } from './preference-desk.js';

/** Auth, the connection and the clock, by hand. */
const bench = (ready = true) => {
  let kept: Kept = { values: {}, seq: 0, ready };
  let live = true;
  const told: { kept: (() => void)[]; live: (() => void)[] } = { kept: [], live: [] };
  const timers = new Map<number, { fn: () => void; ms: number }>();
  const sent: { changes: Readonly<Record<string, unknown>>; answer(seq: number): void; fail(error: unknown): void }[] = [];
  const refused: unknown[] = [];
  let next = 0;
  const ports: DeskPorts = {
    kept: () => kept, onKept: fn => void told.kept.push(fn), isLive: () => live, onLive: fn => void told.live.push(fn),
    send: changes => new Promise<number>((answer, fail) => { sent.push({ changes, answer, fail }); }),
    refused: error => void refused.push(error),
    later: (fn, ms) => { timers.set(++next, { fn, ms }); return next; },
    never: timer => void timers.delete(timer as number),
  };
  return {
    desk: new PreferenceDesk(ports), sent, refused,
    due: () => [...timers.values()].map(t => t.ms),
    tick() { const [[id, timer] = []] = timers; timers.delete(id ?? 0); timer?.fn(); },
    has(values: Kept['values'], seq: number) { kept = { values, seq, ready: true }; for (const fn of told.kept) fn(); },
    connection(on: boolean) { live = on; if (on) for (const fn of told.live) fn(); },
    settled: async () => { for (let i = 0; i < 5; i++) await Promise.resolve(); },
  };
};

describe('a preference', () => {
  it('shows at once, is sent once with its neighbours, and is auth\'s from then on', async () => {
    const b = bench();
    b.desk.set('theme', 'dark');
    b.desk.set('density', 'compact');
    b.desk.set('theme', 'light');
    expect([b.desk.get('theme'), b.desk.saving(), b.due()]).toEqual(['light', 'saving', [DEBOUNCE]]);
    b.tick();
    expect(b.sent.map(s => s.changes)).toEqual([{ theme: 'light', density: 'compact' }]);
    b.sent[0]!.answer(7);
    await b.settled();
    // written, but the view is not here yet: nothing flashes back
    expect([b.desk.get('theme'), b.desk.saving()]).toEqual(['light', 'saved']);
    b.has({ theme: 'light', density: 'compact' }, 7);
    b.has({ theme: 'dark', density: 'compact' }, 8);
    expect(b.desk.get('theme')).toBe('dark');
  });

  it('that auth refuses goes back and says why; one that was changed meanwhile stays', async () => {
    const b = bench();
    b.has({ theme: 'dark' }, 1);
    b.desk.set('theme', 'x');
    b.desk.set('tiles', 'old');
    b.tick();
    b.desk.set('tiles', 'new');
    const why = { code: 'PREFERENCES.TOO_LARGE', retryable: false };
    b.sent[0]!.fail(why);
    await b.settled();
    expect([b.desk.get('theme'), b.desk.get('tiles'), b.refused]).toEqual(['dark', 'new', [why]]);
    b.tick();
    expect(b.sent[1]?.changes).toEqual({ tiles: 'new' });
  });

  it('in two windows: what one sends takes nothing back that the other changed; of one preference the later holds, in both', async () => {
    const [one, other] = [bench(), bench()];
    one.desk.set('dashboard.acme', ['costs', 'servers']);
    other.desk.set('logs', { wrap: true });
    for (const b of [one, other]) b.tick();
    expect([one.sent[0]?.changes, other.sent[0]?.changes]).toEqual([{ 'dashboard.acme': ['costs', 'servers'] }, { logs: { wrap: true } }]);
    one.sent[0]!.answer(1);
    other.sent[0]!.answer(2);
    await Promise.all([one.settled(), other.settled()]);
    for (const b of [one, other]) b.has({ 'dashboard.acme': ['servers', 'costs'], logs: { wrap: true } }, 3);
    expect([one, other].map(b => [b.desk.get('dashboard.acme'), b.desk.get('logs')])).toEqual([0, 1].map(() => [['servers', 'costs'], { wrap: true }]));
  });

  it('waits without a connection, and goes when it is back', () => {
    const b = bench();
    b.connection(false);
    b.desk.set('theme', 'dark');
    b.tick();
    expect([b.sent, b.desk.get('theme'), b.desk.saving()]).toEqual([[], 'dark', 'waiting']);
    b.connection(true);
    expect(b.sent.map(s => s.changes)).toEqual([{ theme: 'dark' }]);
  });

  it('that could not be sent is tried again, and nobody is bothered', async () => {
    const b = bench();
    b.desk.set('theme', 'dark');
    b.tick();
    b.sent[0]!.fail({ code: 'TIMEOUT', retryable: true });
    await b.settled();
    expect([b.refused, b.desk.get('theme')]).toEqual([[], 'dark']);
    b.tick();
    expect(b.sent).toHaveLength(2);
  });

  it('taken away is none: null is not a value', async () => {
    const b = bench();
    b.has({ theme: 'dark' }, 1);
    b.desk.set('theme', null);
    expect(b.desk.get('theme')).toBeUndefined();
    expect(b.desk.get('constructor')).toBeUndefined();
  });

  it('that is made of what there was takes in what is in sight: two at once both count, and none is written over what auth has not said yet', () => {
    const b = bench(false);
    const add = (word: string) => b.desk.change('read', value => [...(Array.isArray(value) ? value as unknown[] : []), word]);
    add('b');
    expect([b.desk.get('read'), b.due()]).toEqual([undefined, []]);
    b.has({ read: ['a'] }, 3);
    add('c');
    add('d');
    expect(b.desk.get('read')).toEqual(['a', 'b', 'c', 'd']);
    b.tick();
    expect(b.sent.map(s => s.changes)).toEqual([{ read: ['a', 'b', 'c', 'd'] }]);
  });

  it('that is chosen while another is on its way is kept before anybody is told so', async () => {
    const b = bench();
    b.desk.set('theme', 'dark');
    b.tick();
    b.desk.set('language', 'de');
    let kept = false;
    const flushed = b.desk.flush().finally(() => { kept = true; });
    await b.settled();
    expect([kept, b.sent.length]).toEqual([false, 1]);
    b.sent[0]!.answer(1);
    await b.settled();
    await b.settled();
    expect([kept, b.sent[1]?.changes]).toEqual([false, { language: 'de' }]);
    b.sent[1]!.answer(2);
    await flushed;
    expect([b.desk.saving(), b.sent.length]).toEqual(['saved', 2]);
  });
});
