/** Frames as bytes. A frame of a fan-out is put together from fragments, so that a payload is never parsed and printed again. */
import type { Problem, ServerFrame } from '@xanthus/proto';

export const encodeFrame = (frame: ServerFrame): Buffer => Buffer.from(JSON.stringify(frame));

export const encodeError = (problem: Problem, at: { readonly inbox?: string | undefined; readonly target?: string | undefined } = {}): Buffer =>
  encodeFrame({ op: 'error', ...(at.target === undefined ? {} : { target: at.target }), ...(at.inbox === undefined ? {} : { inbox: at.inbox }), data: problem });

/** A reply whose data is JSON text already. */
export const encodeReplyText = (inbox: string | undefined, target: string, data: string): Buffer =>
  Buffer.from(`{"op":"reply","target":${JSON.stringify(target)}${inbox === undefined ? '' : `,"inbox":${JSON.stringify(inbox)}`},"data":${data}}`);

/** Joins frames that are text into as few WebSocket frames of at most `limit` characters as fit. */
export const batches = (frames: readonly string[], limit: number): { readonly text: string; readonly count: number }[] => {
  const out: { text: string; count: number }[] = [];
  let from = 0;
  let size = 0;
  const close = (to: number): void => {
    if (to > from) out.push(to - from === 1 ? { text: frames[from] ?? '', count: 1 } : { text: `[${frames.slice(from, to).join(',')}]`, count: to - from });
    from = to;
    size = 0;
  };
  for (const [i, frame] of frames.entries()) {
    if (size > 0 && size + frame.length > limit) close(i);
    size += frame.length + 1;
  }
  close(frames.length);
  return out;
};
