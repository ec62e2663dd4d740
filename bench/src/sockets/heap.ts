/** What a process keeps of what it allocates between two messages of its parent, by function, sampled. */
import { Session, type HeapProfiler } from 'node:inspector/promises';

const TOP = 20;
const INTERVAL = 4_096;
type Node = HeapProfiler.SamplingHeapProfileNode;

const render = (head: Node): string => {
  const own = new Map<string, number>();
  let total = 0;
  const visit = (node: Node, parent: string): void => {
    const { functionName, url, lineNumber } = node.callFrame;
    const name = url === '' ? `${functionName || '(native)'} < ${parent}` : `${functionName || '(anonymous)'}  ${url.replace(/^file:\/\//, '').split('/').slice(-4).join('/')}:${lineNumber + 1}`;
    own.set(name, (own.get(name) ?? 0) + node.selfSize);
    total += node.selfSize;
    for (const child of node.children) visit(child, name);
  };
  visit(head, '');
  const lines = [...own].toSorted((a, b) => b[1] - a[1]).slice(0, TOP).map(([name, size]) => `${((100 * size) / total).toFixed(1).padStart(5)} %  ${name}`);
  return [`heap kept, by who allocated it, ${(total / 2 ** 20).toFixed(1)} MB in all`, ...lines].join('\n');
};

export const heapOnDemand = (): void => {
  let session: Session | undefined;
  const turn = async (): Promise<void> => {
    if (session === undefined) {
      session = new Session();
      session.connect();
      await session.post('HeapProfiler.startSampling', { samplingInterval: INTERVAL });
      return;
    }
    await session.post('HeapProfiler.collectGarbage');
    const { profile } = await session.post('HeapProfiler.stopSampling');
    session.disconnect();
    session = undefined;
    process.send?.({ heap: render(profile.head) });
  };
  process.on('message', (message) => { if (message === 'heap') void turn(); });
};
