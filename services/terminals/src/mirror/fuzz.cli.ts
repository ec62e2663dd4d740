/**
 * Floods and noise against screens in a worker with little memory: node infra/launch/bin/run.mjs services/terminals/src/mirror/fuzz.cli.ts [seconds] [seed]
 * Fails when a worker dies, or when a screen that read noise and its snapshot differ.
 */
import { FLOODS } from './floods.fixture.js';
import { createMirrors } from './mirrors.js';
import { Screen } from './screen.js';
import { trials } from './snapshot-trial.fixture.js';
import { dice, stream } from './streams.fixture.js';

const [seconds = 60, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const end = Date.now() + seconds * 1_000;
const roll = dice(seed);
const mirrors = createMirrors({ workers: 1, heapMb: 96, hangsAfterMs: 60_000 }); // the machine may have other work
const seen = { bytes: 0, sessions: 0, streams: 0, lost: [] as string[], replies: 0, faults: 0, mostRssMb: 0, mostSnapshot: 0, slowest: 0 };

/** Anything: bytes by chance, sequences of streams, floods; cut and mixed. */
function noise(): Uint8Array {
  if (roll.chance(3)) return Uint8Array.from({ length: 1 + roll(20_000) }, () => roll.of([roll(256), roll(32), 0x1b, 0x5b, 0x5d, 0x3b, 0x30 + roll(10), 0x40 + roll(63)]));
  if (roll.chance(2)) return new TextEncoder().encode(stream(roll(1_000_000)).before.steps.map(step => ('text' in step ? step.text : '')).join('').repeat(1 + roll(20)));
  const flood = roll.of(FLOODS);
  return new TextEncoder().encode(flood.text.repeat(Math.ceil(flood.bytes / flood.text.length)).slice(0, flood.bytes - roll(50)));
}

while (Date.now() < end && seen.lost.length === 0) {
  const mirror = mirrors.open({ cols: 2 + roll(300), rows: 1 + roll(100), onReply: () => { seen.replies += 1; }, onTitle: () => undefined, onMark: () => undefined, onLost: why => seen.lost.push(why) });
  const screen = new Screen({ cols: 2 + roll(100), rows: 1 + roll(40), scrollback: roll(200) }, { reply: () => undefined, title: () => undefined, mark: () => undefined });
  for (let i = 0; i < 12; i += 1) {
    const bytes = noise();
    mirror.write(bytes);
    screen.write(bytes.subarray(0, 20_000));
    if (roll.chance(3)) {
      const [cols, rows] = [2 + roll(300), 1 + roll(100)];
      mirror.resize(cols, rows);
      screen.resize(cols, rows);
    }
    seen.bytes += bytes.length;
    const asked = performance.now();
    const snapshot = await mirror.snapshot();
    seen.slowest = Math.max(seen.slowest, performance.now() - asked);
    seen.mostSnapshot = Math.max(seen.mostSnapshot, snapshot.bytes.length, screen.snapshot().bytes.length);
    seen.mostRssMb = Math.max(seen.mostRssMb, process.memoryUsage.rss() / 1_048_576);
  }
  mirror.close();
  seen.faults += screen.faults;
  screen.close();
  seen.sessions += 1;
  const from = 10_000_000 + roll(1_000_000_000);
  const failure = await trials(from, 40, roll.chance(4) ? { cols: 140, rows: 50 } : undefined);
  seen.streams += 40;
  if (failure !== undefined) {
    console.log(JSON.stringify(failure, null, 1));
    process.exitCode = 1;
    break;
  }
}
console.log(`seed ${seed}`, seen);
if (seen.lost.length > 0) process.exitCode = 1;
await mirrors.stop();
