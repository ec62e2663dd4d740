import { gunzipSync } from 'node:zlib';
import { quoteArgv } from '@xanthus/ssh';
import { parse } from 'yaml';
import { z } from 'zod';

/** The parts of cloud-config that a sandbox carries out. */
export interface UserData {
  readonly hostname: string | undefined;
  readonly timeZone: string | undefined;
  /** Lines of authorized_keys for the first user of the image (and root, unless it is disabled). */
  readonly keys: readonly string[];
  readonly rootDisabled: boolean;
  readonly users: readonly { readonly name: string; readonly keys: readonly string[] }[];
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string } | undefined;
  readonly files: readonly { readonly path: string; readonly content: Buffer; readonly mode: string; readonly append: boolean }[];
  /** Shell texts: the machine's own, run nowhere but inside. */
  readonly bootScript: string;
  readonly runScript: string;
  /** Of an sshd drop-in among the files. */
  readonly sshPort: number | undefined;
  /** Why it is (partly) passed over. */
  readonly problem: string | undefined;
}

const MAX_FILE = 1024 * 1024;
const key = z.string().max(4_096).regex(/^[^\r\n\0]+$/);
const keys = z.array(key).max(100).catch([]);
const commands = z.array(z.union([z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1)])).max(200);

const schema = z.object({
  hostname: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/).optional(),
  timezone: z.string().regex(/^[A-Za-z0-9_+/-]{1,64}$/).optional(),
  disable_root: z.boolean().optional(),
  ssh_authorized_keys: keys.optional(),
  users: z.array(z.union([z.string(), z.object({ name: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/), ssh_authorized_keys: keys.optional() })])).max(20).optional(),
  ssh_keys: z.object({ ed25519_private: z.string().max(4_096).optional(), ed25519_public: z.string().max(4_096).optional() }).optional(),
  write_files: z.array(z.object({
    path: z.string().max(1_024).regex(/^\/[^\0\r\n]*$/),
    content: z.string().default(''),
    encoding: z.string().optional(),
    permissions: z.union([z.string(), z.number().transform(n => n.toString(8))]).pipe(z.string().regex(/^0?[0-7]{3,4}$/)).default('0644'),
    append: z.boolean().default(false),
  })).max(100).optional(),
  bootcmd: commands.optional(),
  runcmd: commands.optional(),
});

const NOTHING: UserData = { hostname: undefined, timeZone: undefined, keys: [], rootDisabled: false, users: [], hostKey: undefined, files: [], bootScript: '', runScript: '', sshPort: undefined, problem: undefined };

/** Reads a user_data as cloud-init does: what cannot be read is passed over, and `problem` says why. Never throws. */
export const parseUserData = (text: string | undefined): UserData => {
  if (text === undefined || text.trim() === '') return NOTHING;
  if (text.startsWith('#!')) return { ...NOTHING, runScript: text };
  if (!text.startsWith('#cloud-config')) return { ...NOTHING, problem: 'it starts with neither #cloud-config nor #!' };
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 10 });
  } catch (error) {
    return { ...NOTHING, problem: (error as Error).message.split('\n')[0] ?? 'no YAML' };
  }
  const result = schema.safeParse(raw ?? {});
  if (!result.success) return { ...NOTHING, problem: result.error.issues.map(i => `${i.path.join('.')}: ${i.message}`).join('; ').slice(0, 500) };
  const config = result.data;
  const files = (config.write_files ?? []).map(f => ({ path: f.path, mode: f.permissions, append: f.append, content: decoded(f.content, f.encoding) }));
  const { ed25519_private: privateKey, ed25519_public: publicKey } = config.ssh_keys ?? {};
  return {
    hostname: config.hostname,
    timeZone: config.timezone,
    keys: config.ssh_authorized_keys ?? [],
    rootDisabled: config.disable_root ?? false,
    users: (config.users ?? []).flatMap(u => (typeof u === 'string' ? [] : [{ name: u.name, keys: u.ssh_authorized_keys ?? [] }])),
    hostKey: privateKey && publicKey ? { privateKey, publicKey } : undefined,
    files,
    bootScript: asScript(config.bootcmd),
    runScript: asScript(config.runcmd),
    sshPort: files.filter(f => f.path.startsWith('/etc/ssh/sshd_config')).map(f => portIn(f.content.toString('utf8'))).find(p => p !== undefined),
    problem: undefined,
  };
};

const decoded = (content: string, encoding = ''): Buffer => {
  const base64 = /b(?:ase)?64/.test(encoding);
  const bytes = Buffer.from(content, base64 ? 'base64' : 'utf8');
  try {
    return /gz/.test(encoding) ? gunzipSync(bytes, { maxOutputLength: MAX_FILE }) : bytes;
  } catch {
    return bytes;
  }
};

const portIn = (text: string): number | undefined => {
  const port = Number(/^[ \t]*Port[ \t]+(\d{1,5})[ \t]*$/im.exec(text)?.[1]);
  return port >= 1 && port <= 65_535 ? port : undefined;
};

/** A line as it stands, an argv with every word quoted: as cloud-init does it. */
const asScript = (items: z.infer<typeof commands> | undefined): string =>
  (items ?? []).map(item => `${typeof item === 'string' ? item : quoteArgv(item.map(String))}\n`).join('');
