import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startControlApi, startSandbox, startSandboxHost } from '@xanthus/sandbox';
import type { SandboxHost } from '@xanthus/sandbox';
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
export async function startSandboxes(data: string, say: (line: string) => void): Promise<RunningSandboxes> {
  const folder = join(data, 'sandboxes');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const host = await startSandboxHost({ folder, say }).catch((error: unknown): undefined => { say((error as Error).message); });
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
