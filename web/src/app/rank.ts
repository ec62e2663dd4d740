/** What fits a search best first: start of the text, start of a word, anywhere, letters in order. Pure; stable among equals. */
export const rank = <T>(items: readonly T[], query: string, text: (item: T) => string): readonly T[] => {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return items;
  return items
    .map((item, i) => ({ item, i, score: score(text(item).toLowerCase(), wanted) }))
    .filter(x => x.score > 0)
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .map(x => x.item);
};

const score = (text: string, wanted: string): number => {
  if (text.startsWith(wanted)) return 4;
  if (text.includes(` ${wanted}`) || text.includes(`-${wanted}`)) return 3;
  if (text.includes(wanted)) return 2;
  let at = -1;
  for (const letter of wanted) { at = text.indexOf(letter, at + 1); if (at < 0) return 0; }
  return 1;
};
