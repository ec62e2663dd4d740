/** The control API of the host of sandboxes (`infra/sandbox/README.md`), which the launcher runs beside us. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { exchange } from '../http.js';
import { providerRefusal, sayings } from '../provider.errors.js';
import type { ProviderFetch } from '../provider.js';

export const TITLE = 'Sandbox';
export const say = sayings(TITLE);

const description = z.object({ control: z.object({ url: z.url(), token: z.string().min(1) }) });
export type Control = z.output<typeof description>['control'];

/** Read anew each time: address and token change when Xanthus starts again. */
export const readControl = async (file: string | undefined): Promise<Control | undefined> => {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').then(text => description.parse(JSON.parse(text)).control, () => undefined);
};

export const sandbox = z.object({
  id: z.string(), name: z.string(), status: z.string(), reason: z.string().nullish(), address: z.string().nullable(), ssh_port: z.int().nullable(), type: z.string(), image: z.string(), location: z.string(),
  labels: z.record(z.string(), z.string()).default({}), created_at: z.string(), busy: z.object({ action: z.string(), progress: z.number() }).nullable(),
});
export type SandboxMachine = z.output<typeof sandbox>;

const refused = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export interface AskOptions { readonly query?: readonly (readonly [string, string])[]; readonly body?: unknown; readonly about?: string; readonly signal: AbortSignal }
export type AskControl = <T extends z.ZodType>(method: string, path: string, answer: T, o: AskOptions) => Promise<z.output<T>>;

export const askControl = (file: string | undefined, fetch: ProviderFetch): AskControl => async (method, path, answer, { query = [], body, about = 'sandbox', signal }) => {
  const control = await readControl(file);
  if (!control) throw say.unavailable('the host of sandboxes does not run; start Xanthus with them');
  const url = new URL(`${control.url.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of query) url.searchParams.append(name, value);
  const { response, json } = await exchange(fetch, say, url, {
    method, signal, headers: { authorization: `Bearer ${control.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.ok) {
    const read = answer.safeParse(json ?? {});
    if (read.success) return read.data;
    throw say.unreadable(`${method} ${path}`);
  }
  const said = refused.safeParse(json);
  if (!said.success) throw response.status >= 500 ? say.unavailable(`it answers ${response.status}`) : say.unreadable(`${method} ${path}`);
  const { code, message } = said.data.error;
  switch (code) {
    case 'NOT_FOUND': throw say.notFound('machine');
    case 'NAME_TAKEN': throw say.nameTaken(about);
    case 'LOCKED': throw say.locked();
    case 'WRONG_STATE': throw say.wrongState(message);
    case 'LIMIT_REACHED': throw say.quota(message);
    // its token is ours: it has started again in this moment
    case 'UNAUTHORIZED': case 'STOPPING': throw say.unavailable('the host of sandboxes starts again');
    default: throw providerRefusal('INVALID', `The host of sandboxes refused: ${message}`, { code });
  }
};
