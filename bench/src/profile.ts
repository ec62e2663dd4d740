/** Where the time goes: samples of this process' stack, by own time. */
import { Session, type Profiler } from 'node:inspector/promises';

const TOP = 15;
const OWNERS = 10;
/** The last folders of a path are enough to find a file. */
const shortPath = (url: string): string => url.replace(/^file:\/\//, '').split('/').slice(-4).join('/');

/** A package, one of our folders, or Node itself. */
const owner = (url: string): string =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? /\/((?:infra|services|gateway)\/[^/]+|proto|bench)\//.exec(url)?.[1] ?? 'Node';

type Frame = Profiler.Profile['nodes'][number]['callFrame'];
const nameOf = (f: Frame): string => `${f.functionName || '(anonymous)'}  ${f.url ? `${shortPath(f.url)}:${f.lineNumber + 1}` : ''}`.trim();
/** The profiler's own messages. */
const isOurs = (f: Frame): boolean => f.functionName === 'dispatch' && f.url === '';

const render = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string => {
  const frames = new Map(nodes.filter(n => !isOurs(n.callFrame)).map(n => [n.id, n.callFrame]));
  const largest = (label: (f: Frame) => string, count: number): string[] => {
    const own = new Map<string, number>();
    let total = 0;
    for (const [i, id] of samples.entries()) {
      const frame = frames.get(id);
      if (!frame) continue;
      const time = timeDeltas[i] ?? 0;
      total += time;
      own.set(label(frame), (own.get(label(frame)) ?? 0) + time);
    }
    return [...own].toSorted((a, b) => b[1] - a[1]).slice(0, count).map(([name, time]) => `${((100 * time) / total).toFixed(1).padStart(5)} %  ${name}`);
  };
  return [...largest(f => (f.url ? owner(f.url) : nameOf(f)), OWNERS), '', ...largest(nameOf, TOP)].join('\n');
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
