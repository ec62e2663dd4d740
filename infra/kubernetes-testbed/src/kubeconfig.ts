import { readFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.string().optional();
const file = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.string(), 'certificate-authority-data': text }) })),
  users: z.array(z.object({ name: z.string(), user: z.object({ token: text, 'client-certificate-data': text, 'client-key-data': text }) })),
});

/** Who is asked, and how one is let in. PEM texts. */
export interface Access { readonly url: string; readonly ca: string | undefined; readonly token?: string | undefined; readonly cert?: string | undefined; readonly key?: string | undefined }

/** @throws Error when it is no kubeconfig with everything in it, as K3s writes them */
export const readKubeconfig = async (path: string): Promise<Access> => {
  const read = file.parse(parse(await readFile(path, 'utf8')));
  const pick = <T extends { name: string }>(all: readonly T[], name: string): T => {
    const found = all.find(one => one.name === name);
    if (found === undefined) throw new Error(`${path} names ${name}, which it does not describe.`);
    return found;
  };
  const { context } = pick(read.contexts, read['current-context']);
  const { cluster } = pick(read.clusters, context.cluster);
  const { user } = pick(read.users, context.user);
  const pem = (encoded: string | undefined): string | undefined => encoded && Buffer.from(encoded, 'base64').toString('utf8');
  return { url: cluster.server, ca: pem(cluster['certificate-authority-data']), token: user.token, cert: pem(user['client-certificate-data']), key: pem(user['client-key-data']) };
};

export interface ApiAnswer { readonly status: number; readonly body: unknown }

/** One request to the API server; JSON both ways. Answers every status. */
export const ask = (access: Access, method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> => new Promise((resolve, reject) => {
  const sent = httpsRequest(new URL(path, access.url), {
    method, ...(access.ca && { ca: access.ca }), ...(access.token ? {} : { cert: access.cert, key: access.key }),
    headers: { accept: 'application/json', ...(access.token && { authorization: `Bearer ${access.token}` }), ...(body !== undefined && { 'content-type': contentType }) },
  }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => parts.push(chunk));
    answer.once('error', reject);
    answer.once('end', () => {
      const said = Buffer.concat(parts).toString('utf8');
      let parsed: unknown = said;
      try { parsed = JSON.parse(said); } catch { /* logs are plain text */ }
      resolve({ status: answer.statusCode ?? 0, body: parsed });
    });
  });
  sent.once('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
});
