import type { ImportKind } from './keys.js';

/**
 * What happens with a key: `importable` is taken now; `later` is readable but waits for a part of Xanthus that takes it; `unreadable` is broken or encrypted with
 * another token; `unknown` is not ours. Whatever it is, nothing in the namespace is changed.
 */
export type ImportState = 'importable' | 'later' | 'unreadable' | 'unknown';

export interface ImportItem {
  readonly key: string;
  readonly kind: ImportKind;
  readonly state: ImportState;
  /** Name of the domain, server or application, as far as it is known. */
  readonly name?: string;
  /** What it says without any secret. */
  readonly summary: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Of a key or token in it, or of its public half: the first 16 hexadecimal digits of a SHA-256. Passwords have none. */
  readonly fingerprint?: string;
  /** Why it is not taken now, or what to do about it. */
  readonly why?: string;
}

export interface ImportPreview {
  readonly account_id: string;
  readonly namespace_id: string;
  readonly items: readonly ImportItem[];
  readonly counts: Readonly<Record<ImportState, number>>;
}

export const previewOf = (place: { readonly account_id: string; readonly namespace_id: string }, items: readonly ImportItem[]): ImportPreview => {
  const count = (state: ImportState): number => items.filter(item => item.state === state).length;
  return { ...place, items, counts: { importable: count('importable'), later: count('later'), unreadable: count('unreadable'), unknown: count('unknown') } };
};

/** Secrets that are taken now, by what they are. Kept apart from the preview, so that a preview can be shown and logged. */
export interface ImportSecrets {
  readonly certificate_request?: { readonly csr: string; readonly private_key: string; readonly created_at?: string };
  readonly hetzner_key?: string;
  /** Base64 of JSON, as it was entered. */
  readonly oci_token?: string;
}
