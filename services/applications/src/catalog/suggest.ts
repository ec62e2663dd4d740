/** Edits (insert, delete, replace, swap of neighbours) from one word to another. */
const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1] as number[];
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, ((rows[i - 2] as number[])[j - 2] as number) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return (rows[a.length] as number[])[b.length] as number;
};

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_. ]/g, '');

/** ` Did you mean "…"?`, or nothing where no known word is near. */
export const suggestion = (word: string, known: Iterable<string>): string => {
  if (word.length > 60) return '';
  let nearest: { readonly name: string; readonly far: number } | undefined;
  for (const name of known) {
    if (name.length > 60) continue;
    const far = plain(name) === plain(word) ? 0 : distance(plain(word), plain(name));
    if (far <= Math.max(1, Math.floor(name.length / 3)) && far < (nearest?.far ?? Infinity)) nearest = { name, far };
  }
  return nearest === undefined ? '' : ` Did you mean "${nearest.name}"?`;
};
