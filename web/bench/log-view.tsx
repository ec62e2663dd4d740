/** For bench p13: the log viewer over a million lines that come all at once, with nothing else of the console around it. */
import { createRoot } from 'react-dom/client';
import '../src/index.css';
import type { Live } from '../src/live/live.js';
import { LiveContext } from '../src/live/live-context.js';
import type { LogSource } from '../src/logs/log-source.js';
import { LogView } from '../src/logs/log-view.js';

const count = Number(new URLSearchParams(location.search).get('lines') ?? 1_000_000);
const ESC = String.fromCharCode(27);

/** As services write: a time, a level, some colour, now and then a fault with its stack; 100 letters on average. */
const lineOf = (i: number): string => {
  const time = `2026-11-21T${String(Math.floor(i / 3_600) % 24).padStart(2, '0')}:${String(Math.floor(i / 60) % 60).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}.${String(i % 1_000).padStart(3, '0')}Z`;
  if (i % 10_000 === 5_000) return `${time} ${ESC}[31mERROR${ESC}[0m request ${i} failed: upstream closed the connection (needle ${i})`;
  if (i % 50 === 7) return `${time} ${ESC}[33mWARN${ESC}[0m slow answer of /api/orders/${i % 977}: ${i % 3_000} ms, retried once by the pool`;
  return `${time} INFO  GET /api/orders/${i % 977} 200 ${i % 90} ms host=web-${i % 7} request=${(i * 2_654_435_761) % 4_294_967_296} user=${i % 4_096}`;
};

/** The lines are made before the clock runs; they come in one go, and from JSON, as all lines do. */
const lines = JSON.parse(JSON.stringify(Array.from({ length: count }, (_, i) => lineOf(i)))) as string[];
const source: LogSource = {
  subscribe: (listener) => {
    listener.lines(lines);
    lines.length = 0;
    listener.state({ loading: false, following: 'ended', dropped: 0, truncated: false });
    return () => undefined;
  },
};
const nothing = { get: () => ({ entries: new Map(), in_sync: true, revision: 0, stale_since: null, state: 'live' }), subscribe: () => () => undefined };
const observable = <T,>(value: T) => ({ get: () => value, subscribe: () => () => undefined });
const live = {
  client: { user: { id: 'bench', name: 'Bench' }, tenant: 'acme', connection: observable({ state: 'live', since: 0 }), capabilities: observable({ subjects: [], commands: [], buckets: {}, streams: {} }), can: () => true, command: () => Promise.reject(new Error('nothing is kept here')) },
  behind: observable(undefined), present: () => ({ view: nothing, use: () => () => undefined }),
} as unknown as Live;
const around = { live, looking: false };

const Bench = () => (
  <LiveContext value={around}><main className="p-6"><LogView source={source} label="Log of a million lines" name="bench" empty="Nothing." /></main></LiveContext>
);
Object.assign(globalThis, { startBench: () => { performance.mark('begun'); createRoot(document.querySelector('#root') as HTMLElement).render(<Bench />); } });
