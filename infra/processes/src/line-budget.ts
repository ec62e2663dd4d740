/** Lines on their way to who follows: so many at a time and so many waiting; what comes faster is counted, not kept. Pure. */
export interface Budget { /** Of lines, per message. */ readonly bytes: number; readonly lines: number; /** Messages' worth that may wait. */ readonly waiting: number }
export interface Batch { readonly lines: readonly string[]; readonly dropped: number }

export const createLineBudget = ({ bytes, lines: most, waiting }: Budget) => {
  const queue: string[] = [];
  let size = 0;
  let dropped = 0;
  return {
    push(lines: readonly string[]): void {
      for (const line of lines) {
        if (size + line.length > bytes * waiting || queue.length >= most * waiting) dropped += 1;
        else {
          queue.push(line);
          size += line.length;
        }
      }
    },
    /** What goes now; undefined: nothing to tell. At least one line, however long. */
    take(): Batch | undefined {
      if (queue.length === 0 && dropped === 0) return undefined;
      let count = 0;
      let taken = 0;
      while (count < queue.length && count < most && (count === 0 || taken + (queue[count]?.length ?? 0) <= bytes)) taken += queue[count++]?.length ?? 0;
      size -= taken;
      const batch = { lines: queue.splice(0, count), dropped };
      dropped = 0;
      return batch;
    },
    empty: (): boolean => queue.length === 0 && dropped === 0,
  };
};
