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

export const profiled = async (run: () => Promise<unknown>): Promise<string> => {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await run();
    const { profile } = await session.post('Profiler.stop');
    return render(profile);
  } finally {
    session.disconnect();
  }
};
