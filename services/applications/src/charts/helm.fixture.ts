import { execFile } from 'node:child_process';
import { describe } from '@jest/globals';
import { findClients, Unavailable, type KubernetesClients } from '@xanthus/kubernetes-testbed';
import { parseAllDocuments } from 'yaml';

export interface Said { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs helm or kubectl to its end. */
export const run = (program: string, argv: readonly string[], { stdin = '', env = {} }: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Said> => new Promise(done => {
  const child = execFile(program, [...argv], { env: { PATH: process.env['PATH'], HOME: '/nonexistent', HELM_NO_PLUGINS: '1', ...env }, maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) => {
    done({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, stdout, stderr });
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
});

export interface Manifest { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Readonly<Record<string, string>> }; readonly spec?: unknown; readonly data?: unknown }

export const objectsOf = (manifests: string): Manifest[] => parseAllDocuments(manifests).map(d => (d as { toJS(): unknown }).toJS()).filter((o): o is Manifest => o !== null);

/** A suite with helm 3 and 4; where neither can be had it says so in a line and counts as skipped. */
export const describeWithHelm = async (name: string, tests: (clients: Readonly<Record<3 | 4, KubernetesClients>>) => void): Promise<void> => {
  try {
    const [three, four] = await Promise.all([findClients(3), findClients(4)]);
    describe(name, () => { tests({ 3: three, 4: four }); });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.warn(`skipped: ${name}: ${error.message}`);
    describe.skip(name, () => { tests({ 3: { helm: '', kubectl: '' }, 4: { helm: '', kubectl: '' } }); });
  }
};
