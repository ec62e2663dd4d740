/** The newest bytes of an output by their offset since it began. Grows with what is in it; holds no memory before the first byte. Pure. */
export interface Ring {
  /** Offset of the oldest byte that is there. */
  readonly start: number;
  /** Offset of the next byte. */
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** A copy; undefined where the first of them is gone already. */
  read(from: number, most: number): Buffer | undefined;
  /** What it holds at most from now on. Less is taken on with the next byte. */
  limit(bytes: number): void;
  /** Bytes of memory. */
  readonly size: number;
}

const SMALLEST = 4 * 1024;

export const createRing = (most: number, begin = 0): Ring => {
  let buffer = Buffer.alloc(0);
  let limit = most;
  let start = begin;
  let end = begin;

  const copyTo = (target: Buffer, from: number, length: number): void => {
    for (let done = 0; done < length;) {
      const at = (from + done) % buffer.length;
      const part = Math.min(length - done, buffer.length - at);
      buffer.copy(target, done, at, at + part);
      done += part;
    }
  };
  /** Positions are offsets modulo the size, so a new size moves everything. */
  const reshape = (size: number): void => {
    const kept = Math.min(end - start, size);
    const held = Buffer.alloc(kept);
    copyTo(held, end - kept, kept);
    start = end - kept;
    buffer = Buffer.alloc(size);
    put(held, start);
  };
  const put = (bytes: Uint8Array, from: number): void => {
    for (let done = 0; done < bytes.length;) {
      const at = (from + done) % buffer.length;
      const part = Math.min(bytes.length - done, buffer.length - at);
      buffer.set(bytes.subarray(done, done + part), at);
      done += part;
    }
  };
  return {
    get start() { return start; },
    get end() { return end; },
    get size() { return buffer.length; },
    limit(bytes) { limit = bytes; },
    append(bytes) {
      if (bytes.length === 0) return;
      const needed = Math.min(end - start + bytes.length, limit);
      if (buffer.length > limit) reshape(limit);
      else if (needed > buffer.length) reshape(Math.min(limit, Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(needed)))));
      const kept = bytes.subarray(Math.max(0, bytes.length - buffer.length));
      put(kept, end + bytes.length - kept.length);
      end += bytes.length;
      start = Math.max(start, end - buffer.length);
    },
    read(from, length) {
      if (from < start) return undefined;
      const found = Buffer.alloc(Math.max(0, Math.min(length, end - from)));
      if (found.length > 0) copyTo(found, from, found.length);
      return found;
    },
  };
};
