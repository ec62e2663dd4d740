/** Where the time goes: samples of this process' stack, by own time. */
import { Session, type Profiler } from 'node:inspector/promises';

const TOP = 15;
/** The last folders of a path are enough to find a file. */
const shortPath = (url: string): string => url.replace(/^file:\/\//, '').split('/').slice(-4).join('/');

const render = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string => {
  const names = new Map(nodes.map(({ id, callFrame: f }) => [id, `${f.functionName || '(anonymous)'}  ${f.url ? `${shortPath(f.url)}:${f.lineNumber + 1}` : ''}`.trim()]));
  const own = new Map<string, number>();
  for (const [i, id] of samples.entries()) own.set(names.get(id) ?? '?', (own.get(names.get(id) ?? '?') ?? 0) + (timeDeltas[i] ?? 0));
  const total = [...own.values()].reduce((a, b) => a + b, 0);
  return [...own].toSorted((a, b) => b[1] - a[1]).slice(0, TOP).map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`).join('\n');
};

export const profiled = async <T>(run: () => Promise<T>): Promise<{ result: T; text: string }> => {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    const result = await run();
    const { profile } = await session.post('Profiler.stop');
    return { result, text: render(profile) };
  } finally {
    session.disconnect();
  }
};

const DONE = 'profile';

/** In a child: profiles itself between two messages of its parent. */
export const profileOnDemand = (): void => {
  let stop: (() => void) | undefined;
  process.on('message', message => {
    if (message !== DONE) return;
    if (stop !== undefined) return stop();
    void profiled(() => new Promise<void>(resolve => { stop = resolve; })).then(({ text }) => {
      stop = undefined;
      return process.send?.({ profile: text });
    });
  });
};

interface Profilable { send(message: string): unknown; once(event: 'message', fn: (message: unknown) => void): unknown }

/** In the parent: what a child that listens did meanwhile. */
export const profileChild = async <T>(child: Profilable, run: () => Promise<T>): Promise<{ result: T; text: string }> => {
  child.send(DONE);
  const result = await run();
  const text = new Promise<string>(resolve => child.once('message', message => resolve((message as { profile: string }).profile)));
  child.send(DONE);
  return { result, text: await text };
};
