/** `CHANGELOG.md` as releases with their lines. Pure. */
export interface Release { readonly title: string; readonly lines: readonly string[] }

export const releasesOf = (text: string): Release[] =>
  text.split(/^## /m).slice(1).map(part => {
    const [title = '', ...rest] = part.split('\n');
    return { title: title.trim(), lines: rest.flatMap(line => (line.startsWith('- ') ? [line.slice(2).trim()] : [])) };
  });
