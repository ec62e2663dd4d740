/** What a screen costs, in time of one core: node --expose-gc infra/launch/bin/run.mjs services/terminals/src/mirror/measure.cli.ts */
import { Screen } from './screen.js';

const gc = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
const open = (): Screen => new Screen({ cols: 120, rows: 40, scrollback: 1_000 }, { reply: () => undefined, title: () => undefined, mark: () => undefined });
const cpu = (act: () => void): number => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};
const line = (i: number): string => `${i} ${'the quick brown fox jumps over the lazy dog '.repeat(3)}`.slice(0, 40 + (i * 37) % 80);
const TEXTS: Record<string, string> = {
  'plain text': Array.from({ length: 5_000 }, (_, i) => `${line(i)}\r\n`).join(''),
  'coloured text (ls, logs)': Array.from({ length: 5_000 }, (_, i) => `\x1b[38;5;${i % 256}m${line(i).slice(0, 20)}\x1b[0m \x1b[1;32m${line(i).slice(20)}\x1b[m\r\n`).join(''),
  'full screen (htop)': Array.from({ length: 200 }, (_, i) => `\x1b[H${Array.from({ length: 40 }, (_, y) => `\x1b[${y + 1};1H\x1b[7m${line(i + y).slice(0, 30)}\x1b[27;33m${i}\x1b[K`).join('')}`).join(''),
  'Chinese and emoji': Array.from({ length: 3_000 }, (_, i) => `${i} 中文字符测试 🙂 日本語テキスト\r\n`).join(''),
  'yes': 'y\r\n'.repeat(150_000),
};

for (const [name, text] of Object.entries(TEXTS)) {
  const bytes = new TextEncoder().encode(text);
  const screen = open();
  const read = (times: number): void => {
    for (let k = 0; k < times; k += 1) for (let i = 0; i < bytes.length; i += 32_768) screen.write(bytes.subarray(i, i + 32_768));
  };
  read(2);
  const times = Math.ceil(8_000_000 / bytes.length);
  const ms = cpu(() => read(times));
  let size = 0;
  for (let i = 0; i < 3; i += 1) size = screen.snapshot().bytes.length;
  const shot = cpu(() => { for (let i = 0; i < 10; i += 1) screen.snapshot(); }) / 10;
  const small = cpu(() => { for (let i = 0; i < 10; i += 1) screen.snapshot(0); }) / 10;
  console.log(`${name}: ${(times * bytes.length / 1e6 / (ms / 1_000)).toFixed(1)} MB/s; snapshot ${shot.toFixed(1)} ms, ${Math.round(size / 1_024)} KiB; of the screen alone ${small.toFixed(1)} ms, ${Math.round(screen.snapshot(0).bytes.length / 1_024)} KiB`);
}

const memory = (): number => {
  gc();
  gc();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers * 0) / 1_024;
};
for (const [name, text] of [['before output fills it', 'x'], ['with 1,000 lines above', TEXTS['coloured text (ls, logs)']!]] as const) {
  const before = memory();
  const screens = Array.from({ length: 50 }, open);
  for (const screen of screens) screen.write(new TextEncoder().encode(text));
  console.log(`a screen ${name}: ${Math.round((memory() - before) / screens.length)} KiB`);
  for (const screen of screens) screen.close();
}
