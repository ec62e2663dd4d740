/** What a machine says of itself is data from outside: one line, printable, short. */
export const clean = (text: string, max = 128): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim().slice(0, max);

/** A number that a machine printed; 0 for anything else. */
export const number = (text: string | undefined): number => {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : 0;
};

/** `name=value` lines as a table; the first of a name counts. */
export const fields = (text: string): ReadonlyMap<string, string> => {
  const table = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0 && !table.has(line.slice(0, at))) table.set(line.slice(0, at), line.slice(at + 1));
  }
  return table;
};
