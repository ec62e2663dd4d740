/** Two texts, line by line, in the form that `diff -u` has. Pure. */

/** Cells of the table in which the longest common part is looked for; more, and everything between is replaced. */
const MOST_CELLS = 4_000_000;
const CONTEXT = 3;

type Line = readonly [sign: ' ' | '-' | '+', text: string];

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** Of what differs between, by the longest common subsequence. */
const compare = (a: readonly string[], b: readonly string[]): Line[] => {
  const width = b.length + 1;
  if (a.length * b.length > MOST_CELLS) return [...a.map((t): Line => ['-', t]), ...b.map((t): Line => ['+', t])];
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([' ', a[i] ?? '']);
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(['-', a[i++] ?? '']);
    } else {
      lines.push(['+', b[j++] ?? '']);
    }
  }
  return lines;
};

const allLines = (before: readonly string[], after: readonly string[]): Line[] => {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (t: string): Line => [' ', t];
  return [...before.slice(0, head).map(same), ...compare(before.slice(head, before.length - tail), after.slice(head, after.length - tail)), ...before.slice(before.length - tail).map(same)];
};

/** Empty where nothing differs. Longer than `most` characters: its beginning, and a line that says so. */
export const unifiedDiff = (before: string, after: string, most = 60_000): string => {
  if (before === after) return '';
  const lines = allLines(linesOf(before), linesOf(after));
  const near = lines.map(() => false);
  lines.forEach(([sign], n) => { if (sign !== ' ') near.fill(true, Math.max(0, n - CONTEXT), Math.min(lines.length, n + CONTEXT + 1)); });
  const out: string[] = [];
  let [old, fresh, length] = [1, 1, 0];
  for (let n = 0; n < lines.length;) {
    if (near[n] !== true) {
      old++;
      fresh++;
      n++;
      continue;
    }
    let end = n;
    while (near[end] === true) end++;
    const hunk = lines.slice(n, end);
    const count = (sign: '-' | '+'): number => hunk.filter(([s]) => s === ' ' || s === sign).length;
    out.push(`@@ -${old},${count('-')} +${fresh},${count('+')} @@`, ...hunk.map(([sign, text]) => sign + text));
    length += hunk.reduce((sum, [, text]) => sum + text.length + 2, 20);
    if (length > most) return `${out.join('\n').slice(0, most)}\n… there is more; it is not shown here.`;
    old += count('-');
    fresh += count('+');
    n = end;
  }
  return out.join('\n');
};
