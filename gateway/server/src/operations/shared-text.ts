/** Longest text that is shared, and how many at most: whatever clients send, this stays small. */
const LONGEST = 128;
const MOST = 4_096;
const known = new Map<string, string>();

/** The same text, and the same string for everyone: thousands of connections name the same targets and filters for hours. */
export const sharedText = (text: string): string => {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (text.length > LONGEST) return text;
  if (known.size >= MOST) known.clear();
  known.set(text, text);
  return text;
};
