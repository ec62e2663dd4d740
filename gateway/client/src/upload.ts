/** Inputs that are too large for a frame go by HTTP first; the command then names them. Whoever calls the SDK does not notice. */
import { BLOB_BYTES, INPUT_BYTES, type BlobReference } from '@xanthus/proto';
import { asError, failure } from './error.js';

export type Upload = (target: string, text: string, signal: AbortSignal) => Promise<BlobReference>;

/** Base of the HTTP API for what `connect` was given: `wss://host/base/ws` → `https://host/base`. */
export const httpUrl = (socket: string): string => socket.replace(/^ws/i, 'http').replace(/\/ws$/, '');

/** Undefined: it fits into a frame. */
export const tooLarge = (input: unknown): string | undefined => {
  const text = JSON.stringify(input ?? {});
  if (text.length * 3 <= INPUT_BYTES) return undefined;
  return new TextEncoder().encode(text).length <= INPUT_BYTES ? undefined : text;
};

/** @param token of the connection, at this moment */
export const uploader = (base: string, token: () => string | undefined): Upload => async (target, text, signal) => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > BLOB_BYTES) throw failure('TOO_LARGE', `An input has at most ${BLOB_BYTES} bytes; this one has ${bytes.length}.`, false, { max: BLOB_BYTES });
  const bearer = token();
  const answer = await fetch(`${base}/api/blobs?for=${target}`, {
    method: 'POST', body: bytes, signal, headers: { 'content-type': 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
  }).catch((error: unknown) => { throw failure('UNAVAILABLE', `The input could not be uploaded: ${String(error)}`, true); });
  const body = await answer.json().catch(() => ({})) as { readonly data?: BlobReference };
  if (!answer.ok || body.data === undefined) throw asError(body);
  return { blob: body.data.blob, sha256: body.data.sha256 };
};
