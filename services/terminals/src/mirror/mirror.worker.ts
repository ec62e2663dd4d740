/** The worker of screens: sessions take turns of a few milliseconds each, so that one that floods stops no other. */
import { parentPort, workerData } from 'node:worker_threads';
import { Screen } from './screen.js';
import type { Progress, Said, ToWorker, WorkerData } from './worker-messages.js';

const TURN_MS = 4;
const LEAST = 64;
const MOST = 64 * 1024;
/** Cells that the sequences of one slice may touch, if each touches all of the screen: a quarter of a second at worst. */
const MOST_CELLS = 4_000_000;

type Step = Extract<ToWorker, { op: 'write' | 'resize' | 'snapshot' }>;
interface Session { readonly screen: Screen; readonly queue: Step[]; /** Of the first write in the queue. */ done: number; readonly said: Said[]; /** Bytes that a slice may have. */ slice: number }

const { scrollback, busyWith } = workerData as WorkerData;
const busy = new Int32Array(busyWith);
console.warn = () => undefined; // where xterm.js tells that it is late
const port = parentPort!;
const sessions = new Map<number, Session>();
let scheduled = false;

port.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) take(message);
  schedule();
});

port.postMessage({ op: 'ready' });

function take(message: ToWorker): void {
  if (message.op === 'open') {
    const said: Said[] = [];
    const screen = new Screen({ ...message, scrollback }, { reply: reply => said.push({ reply }), title: title => said.push({ title }), mark: mark => said.push({ mark }) });
    if (message.greeting !== '') screen.greet(message.greeting);
    sessions.set(message.id, { screen, queue: [], done: 0, said, slice: 16 * 1024 });
  } else if (message.op === 'close') {
    sessions.get(message.id)?.screen.close();
    sessions.delete(message.id);
  } else sessions.get(message.id)?.queue.push(message);
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(round);
}

/** One turn for everyone that waits. */
function round(): void {
  scheduled = false;
  const progress: Progress[] = [];
  let more = false;
  for (const [id, session] of sessions) {
    if (session.queue.length === 0) continue;
    busy[0] = id;
    turn(id, session);
    busy[0] = 0;
    progress.push(told(id, session));
    if (session.queue.length > 0) more = true;
  }
  if (progress.length > 0) port.postMessage({ op: 'progress', of: progress });
  if (more) schedule();
}

const told = (id: number, { screen, said }: Session): Progress => ({ id, offset: screen.offset, said: said.splice(0) });

function turn(id: number, session: Session): void {
  const { queue, screen } = session;
  const start = performance.now();
  for (let now = start; queue.length > 0 && now - start < TURN_MS;) {
    const step = queue[0]!;
    if (step.op === 'write') {
      const end = sliceEnd(step.bytes, session.done, Math.min(step.bytes.length, session.done + session.slice), Math.max(8, MOST_CELLS / (screen.terminal.cols * screen.terminal.rows)));
      screen.write(step.bytes.subarray(session.done, end));
      const before = now;
      now = performance.now();
      if (now - before > TURN_MS) session.slice = Math.max(LEAST, session.slice >> 1);
      else if (now - before < TURN_MS / 4) session.slice = Math.min(MOST, session.slice << 1);
      session.done = end;
      if (end < step.bytes.length) continue;
      session.done = 0;
    } else {
      if (step.op === 'resize') screen.resize(step.cols, step.rows);
      else {
        const snapshot = screen.snapshot(step.scrollback);
        port.postMessage({ op: 'progress', of: [told(id, session)] }); // first what came before it
        port.postMessage({ op: 'snapshot', id, ask: step.ask, snapshot }, [snapshot.bytes.buffer as ArrayBuffer]);
      }
      now = performance.now();
    }
    queue.shift();
  }
}

/** A few bytes can be much work (`ESC c`, `CSI 2 J` on a large screen): not more than so many sequences. */
function sliceEnd(bytes: Uint8Array, from: number, most: number, sequences: number): number {
  let at = from;
  for (let count = 0; count < sequences; count += 1) {
    at = bytes.indexOf(0x1b, at) + 1;
    if (at === 0 || at >= most) return most;
  }
  return at;
}
