/** P12: terminals: a torrent, echo, one flood beside 99 idle, Ctrl-C on a slow link, memory; beside ssh2 alone and other web terminals. */
import { once } from 'node:events';
import { connectSsh, type SshConnection } from '@xanthus/ssh';
import { TtyViewer } from '@xanthus/terminals/host-ground';
import { eventually, startProxy } from '@xanthus/testing';
import type { Benchmark, Row } from './benchmark.js';
import { median, quantile } from './measure.js';
import { startWetty, ttydNote, type OtherTerminal } from './other-terminals.js';
import { startChild, type Child } from './stack/child.js';
import type { ServedTerminals } from './stack/contracts.js';

/** What can be timed: bytes in, bytes out. */
interface Screen { type(text: string): void; onBytes: (bytes: Uint8Array) => void; close(): void }

const SIZE = 80_000_000;
const SLOW = 125_000;
const PATIENCE = 60_000;
/** Ways to the server and back, ms. */
const FAR = [20, 100, 300];

/** Resolves with the time at which the bytes since now hold `text`. */
const shows = (screen: Screen, text: string, patience = PATIENCE): Promise<number> => new Promise((resolve, reject) => {
  const wanted = Buffer.from(text);
  let tail = Buffer.alloc(0);
  const timer = setTimeout(() => reject(new Error(`${JSON.stringify(text)} does not show`)), patience);
  screen.onBytes = (bytes) => {
    tail = Buffer.concat([tail, bytes]);
    if (tail.includes(wanted)) {
      clearTimeout(timer);
      screen.onBytes = () => undefined;
      resolve(performance.now());
    } else tail = Buffer.from(tail.subarray(-wanted.length));
  };
});
const settled = async (screen: Screen, patience = PATIENCE): Promise<void> => {
  const ready = shows(screen, 'ready-2', patience);
  // Where typing fails at once, nobody waits for it.
  ready.catch(() => undefined);
  screen.type('PS1=; echo ready-$((1+1))\r');
  await ready;
};
const torrent = async (screen: Screen, file: string): Promise<number> => {
  await settled(screen);
  const done = shows(screen, 'done-2');
  const from = performance.now();
  screen.type(`cat '${file}'; echo done-$((1+1))\r`);
  return SIZE / 1_000 / (await done - from);
};
const echo = async (screen: Screen, keys: number): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < keys; i++) {
    const key = 'abcdefghij'[i % 10] ?? 'a';
    const shown = shows(screen, key);
    const from = performance.now();
    screen.type(key);
    times.push(await shown - from);
  }
  return times;
};

export const p12: Benchmark = {
  id: 'p12',
  title: 'terminals: a torrent, echo, a flood beside idle ones, Ctrl-C on a slow link, memory; beside ssh2 alone and other web terminals',
  run: async ({ quick, progress }) => {
    const child: Child<ServedTerminals> = await startChild('serve-terminals');
    let turn: Promise<unknown> = Promise.resolve();
    /** One after the other: answers carry no name. */
    const ask = <T>(op: string): Promise<T> => {
      const asked = turn.then(async () => {
        const answer = once(child.process, 'message');
        child.process.send({ op });
        return (await answer)[0] as T;
      });
      turn = asked;
      return asked;
    };
    const { url, file, port, user, privateKey, fingerprint } = child.told;
    const open: TtyViewer[] = [];
    const viewer = async ({ through = url, ...more }: { readonly rate?: number; readonly through?: string } = {}): Promise<TtyViewer> => {
      const { session, token } = await ask<{ session: string; token: string }>('start');
      const made = await TtyViewer.open({ url: through, session, token, forgets: true, ...(more.rate === undefined ? { more: 1_500_000, step: 1_000_000 } : { ...more, step: 8 * 1024 }) });
      open.push(made);
      return made;
    };
    const connection: SshConnection = await connectSsh({ target: { host: '127.0.0.1', port, user }, auth: { privateKey }, hostKey: { pinned: fingerprint }, addresses: { allow: ['loopback'] } });
    const raw = async (): Promise<Screen> => {
      const screen: Screen = { type: text => shell.write(Buffer.from(text)), onBytes: () => undefined, close: () => shell.close() };
      const shell = await connection.shell({ cols: 80, rows: 24, onData: bytes => screen.onBytes(bytes) });
      return screen;
    };
    const rounds = quick ? 1 : 3;
    const keys = quick ? 100 : 500;
    const others: OtherTerminal[] = [];
    const notes: string[] = [];
    const timed = async (make: () => Promise<Screen>, act: (screen: Screen) => Promise<number>): Promise<number> => {
      const screen = await make();
      try {
        return await act(screen);
      } finally {
        screen.close();
      }
    };
    try {
      progress('WeTTY');
      const wetty = await startWetty({ port, user, privateKey, quick });
      if (typeof wetty === 'string') notes.push(wetty);
      else if (await timed(() => wetty.open(), screen => settled(screen, 10_000).then(() => 1)).catch(() => 0) === 1) others.push(wetty);
      else {
        await wetty.stop();
        notes.push('WeTTY was not compared: its shell does not answer here.');
      }
      notes.push(ttydNote);

      const before = (await ask<{ rss: number }>('memory')).rss;
      const idle = await Promise.all(Array.from({ length: quick ? 20 : 99 }, () => viewer()));
      await Promise.all(idle.map(screen => settled(screen)));
      const each = ((await ask<{ rss: number }>('memory')).rss - before) / idle.length / 1_000_000;

      const [mb, mbRaw, keysOurs, keysRaw]: [number[], number[], number[], number[]] = [[], [], [], []];
      const beside = new Map<string, { readonly mb: number[]; readonly keys: number[] }>(others.map(o => [o.name, { mb: [], keys: [] }]));
      for (let round = 0; round < rounds; round++) {
        progress(`round ${round + 1}`);
        mb.push(await timed(viewer, screen => torrent(screen, file)));
        mbRaw.push(await timed(raw, screen => torrent(screen, file)));
        for (const o of others) beside.get(o.name)?.mb.push(await timed(() => o.open(), screen => torrent(screen, file)));
        const typing = async (make: () => Promise<Screen>, into: number[]): Promise<void> => {
          await timed(make, async (screen) => {
            await settled(screen);
            into.push(...await echo(screen, keys));
            return 0;
          });
        };
        await typing(viewer, keysOurs);
        await typing(raw, keysRaw);
        for (const o of others) await typing(() => o.open(), beside.get(o.name)?.keys ?? []);
      }

      progress('a flood beside idle ones');
      const flood = await viewer();
      await settled(flood);
      flood.type('yes 0123456789012345678901234567890123456789\r');
      await eventually(() => flood.bytes > 5_000_000, { timeout: PATIENCE, every: 5 });
      const besideFlood: number[] = [];
      for (const [i, screen] of idle.entries()) besideFlood.push(...await echo(screen, quick ? 3 : 5 + (i % 2)));
      flood.type('\u0003');
      flood.close();

      progress('Ctrl-C on 1 Mbit/s');
      /** In the middle of a flood: how long until the prompt is back? */
      const interrupted = async (screen: TtyViewer, flooded: () => boolean): Promise<number> => {
        const ready = shows(screen, 'READY>');
        screen.type('PS1=READ; PS1=${PS1}Y\\>\r');
        await ready;
        screen.type('yes 0123456789012345678901234567890123456789\r');
        await eventually(flooded, { timeout: PATIENCE, every: 5 });
        const back = shows(screen, 'READY>');
        const from = performance.now();
        screen.type('\u0003');
        const took = await back - from;
        screen.check();
        screen.close();
        return took;
      };
      const prompts: number[] = [];
      for (let round = 0; round < (quick ? 1 : 5); round++) {
        const slow = await viewer({ rate: SLOW });
        prompts.push(await interrupted(slow, () => slow.markers.length >= 3));
      }

      progress('from far away');
      const proxy = await startProxy(Number(new URL(url).port));
      const far: { readonly way: number; readonly keys: number[]; readonly prompts: number[] }[] = FAR.map(way => ({ way, keys: [], prompts: [] }));
      for (const { way, keys: times, prompts: back } of far) {
        proxy.delay(way / 2);
        const through = url.replace(/:\d+$/, `:${proxy.port}`);
        const distant = await viewer({ through });
        await settled(distant);
        times.push(...await echo(distant, quick ? 5 : 20));
        distant.close();
        for (let round = 0; round < (quick ? 1 : 3); round++) {
          const flooded = await viewer({ through });
          back.push(await interrupted(flooded, () => flooded.bytes > 2_000_000));
        }
      }
      await proxy.stop();

      const [p50, p95, p99, floodP95] = [median(keysOurs), quantile(keysOurs, 0.95), quantile(keysOurs, 0.99), quantile(besideFlood, 0.95)];
      const rows: Row[] = [
        { what: `cat of ${SIZE / 1_000_000} MB, MB a second; raw: ssh2 alone`, unit: '/s', ours: median(mb), raw: median(mbRaw), ratio: median(mb) / median(mbRaw), budget: '≥ 60 MB/s', met: median(mb) >= 60 },
        { what: `echo of a key (p95 ${p95.toFixed(2)} ms, raw ${quantile(keysRaw, 0.95).toFixed(2)} ms)`, unit: 'ms', ours: p50, ours_p99: p99, raw: median(keysRaw), raw_p99: quantile(keysRaw, 0.99), ratio: p50 / median(keysRaw), budget: 'p50 ≤ 1.0 ms, p95 ≤ 2.5 ms', met: p50 <= 1 && p95 <= 2.5 },
        ...others.flatMap((o): Row[] => {
          const found = beside.get(o.name) ?? { mb: [], keys: [] };
          return [{ what: `the same cat by ${o.name}, MB a second`, unit: '/s', ours: median(found.mb) }, { what: `the same echo by ${o.name} (p95 ${quantile(found.keys, 0.95).toFixed(2)} ms)`, unit: 'ms', ours: median(found.keys), ours_p99: quantile(found.keys, 0.99) }];
        }),
        { what: `echo in ${idle.length} idle sessions beside one flood (p95 ${floodP95.toFixed(2)} ms)`, unit: 'ms', ours: median(besideFlood), ours_p99: quantile(besideFlood, 0.99), budget: 'p95 ≤ 5 ms', met: floodP95 <= 5 },
        { what: 'Ctrl-C in a flood on 1 Mbit/s until the prompt shows, the longest', unit: 'ms', ours: Math.max(...prompts), budget: '≤ 500 ms', met: Math.max(...prompts) <= 500 },
        ...far.flatMap(({ way, keys: times, prompts: back }): Row[] => [
          { what: `echo of a key over a way of ${way} ms`, unit: 'ms', ours: median(times), ours_p99: quantile(times, 0.99) },
          { what: `Ctrl-C in a flood over a way of ${way} ms until the prompt shows, the longest`, unit: 'ms', ours: Math.max(...back), budget: `≤ ${500 + way} ms`, met: Math.max(...back) <= 500 + way },
        ]),
        { what: `memory of an idle session with a viewer and its prompt on the screen (of ${idle.length}; gateway, service and screens)`, unit: 'MB', ours: each, budget: '≤ 0.5 MB', met: each <= 0.5 },
      ];
      notes.unshift('sshd, nats-server, one process with gateway and service (screens are parsed by a worker thread of it), one with the client, all on one machine. The client speaks the protocol and paints nothing. A far way is a proxy that delays both directions; loss is not shaped (no netem here). ssh2 is without its native half where the installation did not build it.');
      return { rows, notes };
    } finally {
      for (const screen of open) screen.close();
      for (const o of others) await o.stop();
      connection.close();
      const ended = once(child.process, 'exit');
      child.process.send({ op: 'stop' });
      await ended;
    }
  },
};
