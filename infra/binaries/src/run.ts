import { execFile } from 'node:child_process';

export interface Outcome { code: number; output: string }

/** Fetching and unpacking programs are other people's: they see no secret of ours. */
const withoutSecrets = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !['XANTHUS_MASTER_KEY', 'XANTHUS_OWNER_PASSWORD', 'XANTHUS_METRICS_TOKEN'].includes(name)));

/** Runs a program to its end. `more` comes on top of our own environment, `env` instead of it. Never throws: a program that is missing or hangs ends with code 127 or 124. */
export function run(file: string, args: string[], o: { timeoutMs?: number; env?: NodeJS.ProcessEnv; more?: NodeJS.ProcessEnv; cwd?: string } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: o.timeoutMs ?? 600_000, env: o.env ?? { ...withoutSecrets(), ...o.more }, cwd: o.cwd, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (!error) return resolve({ code: 0, output });
      if (error.killed) return resolve({ code: 124, output: `${output}\ntimed out` });
      return resolve({ code: typeof error.code === 'number' ? error.code : 127, output: output || error.message });
    });
  });
}
