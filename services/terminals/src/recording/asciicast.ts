/** asciicast v3 (docs.asciinema.org/manual/asciicast/v3): a header, then one event a line: seconds since the event before, a code, data. */

export type CastCode = 'o' | 'i' | 'r' | 'm' | 'x';
export interface CastHeader {
  readonly version: 3;
  readonly term: { readonly cols: number; readonly rows: number; readonly type: string; readonly theme: { readonly fg: string; readonly bg: string; readonly palette: string } };
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly title: string;
}

/** The colours that the console shows terminals in. */
const THEME = {
  fg: '#d7dae0', bg: '#101216',
  palette: '#1b1e24:#e5534b:#57ab5a:#c69026:#539bf5:#b083f0:#39c5cf:#adbac7:#636e7b:#ff938a:#8ddb8c:#eac55f:#96d0ff:#dcbdfb:#76e3ea:#ffffff',
} as const;

export const castHeader = (o: { readonly cols: number; readonly rows: number; readonly began: number; readonly title: string }): CastHeader =>
  ({ version: 3, term: { cols: o.cols, rows: o.rows, type: 'xterm-256color', theme: THEME }, timestamp: Math.floor(o.began / 1_000), title: o.title });

/** `ms` since the event before. */
export const castLine = (ms: number, code: CastCode, data: string): string => JSON.stringify([ms / 1_000, code, data]);

/** Bytes to text without tearing letters: a sequence that is not complete waits for its end, and only bytes that are none become U+FFFD. */
export interface Utf8Cut { text(bytes: Uint8Array): string; /** What waited in vain. */ rest(): string }
export const utf8Cut = (): Utf8Cut => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return { text: bytes => decoder.decode(bytes, { stream: true }), rest: () => decoder.decode() };
};

/** Parts of at most `most` UTF-16 units, never between the halves of a letter. */
export const cutText = (text: string, most: number): string[] => {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + most);
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
};
