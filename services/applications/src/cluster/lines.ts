/** Output of a program as lines, as they come; at most so long each. */
const LIMIT = 4_096;

export const lineReader = (onLine: (line: string) => void) => {
  let rest = '';
  const decoder = new TextDecoder();
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, LIMIT);
    for (const line of lines) onLine(line.replace(/\r$/, '').slice(0, LIMIT));
  };
  return {
    push: (chunk: Uint8Array): void => take(decoder.decode(chunk, { stream: true })),
    end(): void {
      take(decoder.decode());
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
