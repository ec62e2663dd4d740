import type { HetznerEmulator } from './emulator.js';

export interface Reply { readonly status: number; readonly headers: Headers; readonly body: unknown }
export type Ask = (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>;

/** Plain HTTP, as any client would ask; a body that is text goes as it is. */
export const asking = (h: HetznerEmulator): Ask => async (method, path, body, token = h.token) => {
  const response = await fetch(h.url + path, { method, headers: { ...(token && { authorization: `Bearer ${token}` }) }, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : (response.headers.get('content-type') ?? '').startsWith('application/json') ? JSON.parse(text) as unknown : text };
};

/** A value deep inside an answer, e.g. `at(reply, 'server', 'id')`. */
export const at = (reply: Reply, ...path: readonly (string | number)[]): unknown => path.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], reply.body);

export const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE6cB0nRoXOyZBk8B4s1bG6RZ4X0eD2kU0a9wHkQm3Gh laptop';
export const WEB = { name: 'web-1', server_type: 'cx23', image: 'ubuntu-24.04', location: 'fsn1' } as const;
