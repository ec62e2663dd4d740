/** A real shell, hosted by the service, as its recording tells it. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { provision } from '@xanthus/jetstream';
import { readState } from '@xanthus/kernel';
import { eventually } from '@xanthus/testing';
import xterm from '@xterm/headless';
import { terminalsDeclarations } from '../declarations.js';
import { startHostGround, TENANT, type Ground } from '../hosting/host-ground.fixture.js';
import { readRecording, type TimedEvent } from './read-chunks.js';
import { readIndex } from './read-index.js';
import { readPart } from './read-part.js';
import type { Recorders } from './recorder.js';
import { recordingType } from './recording.decide.js';
import { mastersOf, openOn, recordersOn } from './recording.fixture.js';

let on: Awaited<ReturnType<typeof openOn>>;
let recorders: Recorders | undefined;
let ground: Ground;
beforeAll(async () => {
  ground = await startHostGround({ recorders: { start: o => (recorders as Recorders).start(o), stop: () => Promise.resolve() } });
  const { nc } = ground.gateway;
  await provision(nc, [terminalsDeclarations()], { replicas: 1 });
  on = await openOn(nc, mastersOf(randomBytes(32)));
  recorders = recordersOn(on);
});
afterAll(async () => {
  await recorders?.stop();
  await ground?.stop();
});

const linesOf = async (cols: number, rows: number, text: string, events: readonly TimedEvent[]): Promise<string[]> => {
  const term = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 });
  const write = (data: string): Promise<void> => new Promise(resolve => { term.write(data, resolve); });
  await write(text);
  for (const [, code, data] of events) {
    const [c = cols, r = rows] = code === 'r' ? data.split('x').map(Number) : [];
    if (code === 'r') term.resize(c, r);
    if (code === 'o') await write(data);
  }
  const lines = Array.from({ length: term.rows }, (_, i) => term.buffer.active.getLine(term.buffer.active.baseY + i)?.translateToString(true) ?? '');
  term.dispose();
  return lines;
};
const everything = async (reading: ReturnType<typeof readRecording>, from_ms: number) => {
  const first = await readPart(reading, { from_ms }, false);
  const events = [...first.events];
  for (let { cursor } = first; cursor !== null;) {
    const page = await readPart(reading, { cursor }, false);
    events.push(...page.events);
    ({ cursor } = page);
  }
  return { ...first, events };
};

describe('the recording of a shell', () => {
  it('tells what its viewers saw, its sizes, commands and end; any moment of it makes the same screen', async () => {
    const { session, viewer } = await ground.shell({ integration: true, recording: 'output' });
    expect(viewer.said('hello')).toMatchObject({ recording: true });
    viewer.send({ op: 'resize', cols: 100, rows: 30 });
    await viewer.until('resize', c => c['cols'] === 100);
    viewer.type('for i in $(seq 1 30000); do printf "\\033[3$((i % 8))mline $i €😀 %s\\033[0m\\n" "0123456789012345678901234567890"; done; echo "all-""done"\r');
    await eventually(() => { viewer.check(); return viewer.text.includes('all-done'); }, { every: 10 });
    viewer.type('(exit 3)\r');
    await eventually(async () => ((await on.recordings.chunks.last({ tenant: TENANT, session }))?.about?.key ?? -1) >= 0);
    viewer.type('exit 7\r');
    await viewer.until('exit');
    const state = await eventually(async () => { const now = await readState(on, recordingType, TENANT, session); return now.status === 'ended' ? now : undefined; });
    expect(state.end).toMatchObject({ whole: true, problem: null });

    const reading = readRecording(on.recordings.chunks, on.recordings.secrets, { tenant: TENANT, session });
    const whole = await everything(reading, 0);
    const shown = whole.events.filter(e => e[1] === 'o').map(e => e[2]).join('');
    for (const i of [1, 15_000, 30_000]) expect(shown).toContain(`line ${i} €😀 0123456789`);
    expect(shown).not.toContain('\uFFFD');
    expect(whole.events.filter(e => e[1] === 'r').map(e => e[2])).toContain('100x30');
    expect(whole.events.at(-1)?.slice(1)).toEqual(['x', '7']);
    const index = await readIndex(on.recordings.chunks, reading);
    expect(index.keyframes.length).toBeGreaterThan(0);
    expect(index.commands).toContainEqual(expect.objectContaining({ text: expect.stringContaining('exit 3'), exit_code: 3 }));

    const last = index.keyframes.at(-1) ?? 0;
    const late = await everything(reading, last);
    expect(late.screen).not.toBeNull();
    expect(late.events.length).toBeLessThan(whole.events.length);
    const { cols, rows } = late.screen ?? { cols: 0, rows: 0 };
    expect(await linesOf(cols, rows, late.screen?.text ?? '', late.events)).toEqual(await linesOf(80, 24, '', whole.events));
  });
});
