import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildServer, findClients, Unavailable } from '@xanthus/kubernetes-testbed';
import { startControlApi, startSandbox, startSandboxHost } from '@xanthus/sandbox';
import type { SandboxHost, SandboxHostOptions } from '@xanthus/sandbox';
import { Sentence } from './sentence.js';

export interface RunningSandboxes {
  /** Path of `sandbox.json`: the server to adopt, and where more are made. */
  readonly file: string;
  stop(): Promise<void>;
}

/**
 * The server to adopt, and the host of those that the provider "sandbox" makes. Where user namespaces are forbidden there is only the first, without a jail.
 * @throws Sentence when there can be none here
 */
export async function startSandboxes(data: string, say: (line: string) => void, kubernetes = false): Promise<RunningSandboxes> {
  const folder = join(data, 'sandboxes');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const programs = kubernetes ? await kubernetesPrograms(say) : undefined;
  const host = await startSandboxHost({ folder, say, ...(programs && { kubernetes: programs }) }).catch((error: unknown): undefined => { say((error as Error).message); });
  const control = host && (await startControlApi(host, folder));
  const stopHost = async (running: SandboxHost | undefined): Promise<void> => {
    await control?.stop();
    await running?.stop();
  };
  try {
    const sandbox = await startSandbox(data, say, control && { url: control.url, token: control.token });
    if (sandbox.description.isolation === 'none') say('The sandbox runs without bubblewrap: it has the rights of your user. Start with --no-sandbox to do without it.');
    return {
      file: sandbox.file,
      stop: async () => {
        await sandbox.stop();
        await stopHost(host);
      },
    };
  } catch (error) {
    await stopHost(host);
    throw new Sentence((error as Error).message);
  }
}

/** What a sandbox with a Kubernetes needs. Fetched and built at the first start; where that can't be, everything else starts without. */
async function kubernetesPrograms(say: (line: string) => void): Promise<SandboxHostOptions['kubernetes']> {
  try {
    const [{ helm }, { kubectl }] = [await findClients(3, say), await findClients(4, say)];
    return { kubernetes: await buildServer({ say }), helm, kubectl };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    say(`The sandbox has no Kubernetes: ${error.message}`);
    return undefined;
  }
}
