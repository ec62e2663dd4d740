import type { OutputOf } from '@xanthus/proto';
import type { searchRecording } from '@xanthus/proto/terminals';
import { timed, type Reading } from './read-chunks.js';
import { screenText } from './screen-text.js';

type Found = OutputOf<typeof searchRecording>;
export type Hit = Found['hits'][number];

const CONTEXT = 300;
/** Around the first place of the words in a long line. */
const shown = (line: string, at: number): string => (line.length <= CONTEXT ? line : line.slice(Math.max(0, at - CONTEXT / 3), Math.max(0, at - CONTEXT / 3) + CONTEXT));

export interface Bounds { /** First chunk. */ readonly from: number; readonly hits: number; /** ms */ readonly time: number; readonly now: () => number }

/**
 * Lines that contain the text, in order. `next`: a chunk to go on with. It begins one chunk earlier than asked, so that a line across the border is found too, and leaves out what that one ends.
 * @throws Refusal RECORDING.UNREADABLE
 */
export const searchChunks = async (reading: Reading, text: string, { from, hits: most, time, now }: Bounds): Promise<{ readonly hits: Hit[]; readonly next: number | null }> => {
  const needle = text.toLowerCase();
  const until = now() + time;
  const hits: Hit[] = [];
  let [at_ms, chunk, before] = [0, 0, ''];
  /** The last hit still wants the line after it. */
  let open: { after: string } | undefined;
  const lines = screenText(line => {
    if (open) open.after = line.slice(0, CONTEXT);
    open = undefined;
    const at = line.toLowerCase().indexOf(needle);
    if (at >= 0 && chunk >= from && hits.length < most * 2) {
      const hit = { at_ms, line: shown(line, at), before: before.slice(0, CONTEXT), after: '' };
      hits.push(hit);
      open = hit;
    }
    before = line;
  });
  for await (const read of reading.from(Math.max(0, from - 1))) {
    chunk = read.about.n;
    if (chunk > from && (hits.length >= most || now() > until)) return { hits, next: chunk };
    for (const [at, code, data] of timed(read)) {
      if (code !== 'o') continue;
      at_ms = at;
      lines.write(data);
    }
  }
  lines.flush();
  return { hits, next: null };
};
