/** What goes with the content of a file of somebody's server: it is data, whatever it says that it is. Pure. */

export interface Span { readonly from: number; /** Behind the last byte. */ readonly to: number }

/** Part that a `Range` asks for; undefined: all of it (none was asked for, several, or one that cannot be read); null: it lies behind the end. */
export const spanOf = (range: string | undefined, size: number): Span | undefined | null => {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return last === '0' || size === 0 ? null : { from: Math.max(0, size - Number(last)), to: size };
  const from = Number(first);
  const to = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < from) return undefined;
  return from < size ? { from, to } : null;
};

/** Of a file as it was when it was asked for: the host tells size and second. */
export const tagOf = (size: number, modified: string | null): string => `"${size.toString(36)}-${(modified === null ? 0 : Date.parse(modified) / 1_000).toString(36)}"`;

/** A name of a file as a header: plain for old clients, in full for the others (RFC 6266). */
const dispositionOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1) || 'file';
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%/]/g, '_');
  const full = encodeURIComponent(name).replaceAll(/['()*!]/g, c => `%${c.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${full}`;
};

/** Never shown in our origin: downloaded, of no type that runs, and in a box without scripts should a browser show it all the same. */
export const contentHeaders = (path: string, tag: string): Readonly<Record<string, string>> => ({
  'content-disposition': dispositionOf(path), 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox", 'cross-origin-resource-policy': 'same-origin',
  'accept-ranges': 'bytes', etag: tag, 'cache-control': 'private, no-store',
});
