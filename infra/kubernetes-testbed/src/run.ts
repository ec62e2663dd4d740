import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Fetching and building programs are other people's: they see no secret of ours. */
const withoutSecrets = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('XANTHUS_')));

/** Runs a program to its end. Never throws: one that is missing or hangs ends with code 127 or 124. */
export const run = (file: string, args: readonly string[], o: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number } = {}): Promise<{ code: number; output: string }> => new Promise((resolve) => {
  execFile(file, args, { cwd: o.cwd, env: { ...withoutSecrets(), ...o.env }, timeout: o.timeoutMs ?? 600_000, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
    const output = `${stdout}${stderr}`;
    if (!error) return resolve({ code: 0, output });
    if (error.killed) return resolve({ code: 124, output: `${output}\ntimed out` });
    return resolve({ code: typeof error.code === 'number' ? error.code : 127, output: output || error.message });
  });
});

export const executable = (path: string): Promise<boolean> => access(path, constants.X_OK).then(() => true, () => false);

/** The first folder of the PATH that has it. */
export const onPath = async (name: string): Promise<string | undefined> => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) if (folder && await executable(join(folder, name))) return join(folder, name);
  return undefined;
};
