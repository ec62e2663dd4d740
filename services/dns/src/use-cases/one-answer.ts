/** What one answer may hold, bytes of JSON: a NATS message has a megabyte. */
const MOST = 600_000;

/** As many from `offset` on as one answer holds, and where the next one begins. */
export const oneAnswer = <T>(all: readonly T[], offset: number, limit = Infinity): { readonly items: T[]; readonly next_offset: number | null } => {
  let [end, left] = [offset, MOST];
  while (end < all.length && end - offset < limit) {
    left -= Buffer.byteLength(JSON.stringify(all[end]));
    if (left < 0 && end > offset) break;
    end++;
  }
  return { items: all.slice(offset, end), next_offset: end < all.length ? end : null };
};

/** The same of a text, by characters: each may become six bytes, most are one. */
export const oneText = (text: string, offset: number): { readonly text: string; readonly next_offset: number | null } => {
  const end = Math.min(text.length, offset + MOST / 2);
  return { text: text.slice(offset, end), next_offset: end < text.length ? end : null };
};
