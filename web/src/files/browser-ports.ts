/** Uploads and downloads of a browser. */
import type { Client } from '@xanthus/client';
import { ApiError } from '../lib/problem.js';
import type { Session } from '../session/session.js';
import { t } from '../texts/text.js';
import { abortUpload, beginUpload, contentUrl, filesStat, finishUpload, makeFolder } from './files.data.js';
import { nameOf } from './paths.js';
import type { TransferPorts } from './transfers.js';

interface Refused { readonly code?: string; readonly message?: string; readonly retryable?: boolean }
const readRefusal = (text: string): Refused => {
  try {
    return JSON.parse(text) as Refused;
  } catch {
    return {};
  }
};

/** By XMLHttpRequest: `fetch` does not tell how much has left. */
const put = (url: string, headers: Readonly<Record<string, string>>, body: Blob, signal: AbortSignal, progress: (bytes: number) => void): Promise<void> => new Promise((resolve, reject) => {
  const sent = new XMLHttpRequest();
  const abort = (): void => sent.abort();
  const end = (settle: () => void) => (): void => {
    signal.removeEventListener('abort', abort);
    settle();
  };
  sent.open('PUT', url);
  for (const [name, value] of Object.entries(headers)) sent.setRequestHeader(name, value);
  sent.upload.addEventListener('progress', event => progress(event.loaded));
  sent.addEventListener('load', end(() => {
    if (sent.status === 200) return resolve();
    const { code = sent.status >= 500 ? 'UNAVAILABLE' : 'INTERNAL', message = t('Xanthus answered {status}.', { status: sent.status }), retryable = sent.status >= 500 } = readRefusal(sent.responseText);
    reject(new ApiError(code, message, sent.status, retryable));
  }));
  sent.addEventListener('error', end(() => reject(new ApiError('OFFLINE', t('Xanthus cannot be reached.'), 0, true))));
  sent.addEventListener('abort', end(() => reject(new DOMException('stopped', 'AbortError'))));
  signal.addEventListener('abort', abort);
  if (signal.aborted) return abort();
  sent.send(body);
});

export const browserPorts = (client: Client, session: Session, server: string): TransferPorts => ({
  begin: input => beginUpload(client, server, input),
  send: async (upload, offset, piece, signal, progress) => put(contentUrl(server, { offset: String(offset) }), { authorization: `Bearer ${await session.token()}`, 'xanthus-upload': upload }, piece, signal, progress),
  finish: upload => finishUpload(client, server, { upload }),
  abort: upload => abortUpload(client, server, { upload }),
  makeFolder: path => makeFolder(client, server, { path }),
  now: () => performance.now(),
  wait: (ms, signal) => new Promise(resolve => {
    const over = (): void => {
      clearTimeout(timer);
      removeEventListener('online', over);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    addEventListener('online', over);
    signal.addEventListener('abort', over);
  }),
});

const click = (href: string, name: string): void => {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
};

/** The browser's own download, which shows its progress and goes on after a cut. What may not be read is said here, not in a file. */
export const downloadFile = async (client: Client, session: Session, server: string, path: string): Promise<void> => {
  await filesStat(client, { path }, server);
  const [url, token] = [contentUrl(server, { path }), await session.token()];
  // A page without https tells no server where a request comes from, so that its cookie does not count: then by hand, through memory.
  if (isSecureContext) return click(url, nameOf(path));
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new ApiError('INTERNAL', t('Xanthus answered {status}.', { status: answer.status }), answer.status, answer.status >= 500);
  const made = URL.createObjectURL(await answer.blob());
  click(made, nameOf(path));
  setTimeout(() => URL.revokeObjectURL(made), 60_000);
};
