/** Inputs that are too large for a message: uploaded by HTTP, and named in the command. No zod here: pages bring this in. */

/** Longest input that is sent as it is, JSON text, bytes. */
export const INPUT_BYTES = 48 * 1024;
/** Longest input at all, bytes. */
export const BLOB_BYTES = 8 * 1024 * 1024;
/** How long an uploaded input waits for its command, seconds. */
export const BLOB_SECONDS = 3_600;

/** Stands for an input. `blob` is a secret: whoever has it and the right to the command may use it; `sha256` is of the JSON text, 64 hexadecimal digits. */
export interface BlobReference { readonly blob: string; readonly sha256: string }

/** An input of exactly these two fields is a reference, anything else is itself. */
export const blobReference = (input: unknown): BlobReference | undefined => {
  if (typeof input !== 'object' || input === null) return undefined;
  const { blob, sha256, ...rest } = input as Record<string, unknown>;
  const fits = typeof blob === 'string' && /^[0-9a-hjkmnp-tv-z]{26}\.[\w-]{43}$/.test(blob) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  return fits && Object.keys(rest).length === 0 ? { blob, sha256 } : undefined;
};
