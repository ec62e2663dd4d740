/**
 * The part of ICU MessageFormat that the console's texts use: `{name}`, `{n, number}`, `{n, plural, =0 {…} one {…} other {# …}}`,
 * `{kind, select, a {…} other {…}}`, `<tag>…</tag>` and quoting with apostrophes. A spec holds it to the reference implementation.
 */
export type Piece = string
  | { readonly kind: 'value'; readonly name: string; readonly number: boolean }
  | { readonly kind: 'count' }
  | { readonly kind: 'choice'; readonly name: string; readonly plural: boolean; readonly cases: Readonly<Record<string, readonly Piece[]>> }
  | { readonly kind: 'tag'; readonly name: string; readonly inner: readonly Piece[] };

/** A message as pieces. Throws where it is no message: which one, and where. */
export const parseMessage = (message: string): readonly Piece[] => {
  let at = 0;
  const wrong = (what: string): never => { throw new Error(`No message: ${what} at ${at} of ${JSON.stringify(message)}`); };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(message)?.[0];
    if (found !== undefined) at += found.length;
    return found?.trim();
  };
  const need = (pattern: RegExp, what: string): string => take(pattern) ?? wrong(`${what} is missing`);

  const argument = (): Piece => {
    at++;
    const name = need(/\s*\w+\s*/y, 'a name');
    if (take(/\}/y) !== undefined) return { kind: 'value', name, number: false };
    const kind = need(/,\s*(?:number|plural|select)\s*/y, 'number, plural or select').replace(/^,\s*/, '');
    if (kind === 'number') { need(/\}/y, '}'); return { kind: 'value', name, number: true }; }
    need(/,\s*/y, 'a comma');
    const cases: Record<string, readonly Piece[]> = {};
    for (let word = take(/=?[\w-]+\s*/y); word !== undefined; word = take(/=?[\w-]+\s*/y)) {
      need(/\{/y, '{');
      cases[word] = pieces(kind === 'plural', '}');
      need(/\}\s*/y, '}');
    }
    need(/\}/y, '}');
    if (!Object.hasOwn(cases, 'other')) wrong('“other”');
    return { kind: 'choice', name, plural: kind === 'plural', cases };
  };

  const tag = (plural: boolean): Piece => {
    const name = need(/<\w+>/y, 'a tag').slice(1, -1);
    const inner = pieces(plural, `</${name}>`);
    if (!message.startsWith(`</${name}>`, at)) wrong(`</${name}>`);
    at += name.length + 3;
    return { kind: 'tag', name, inner };
  };

  const pieces = (plural: boolean, end = '\0'): readonly Piece[] => {
    const found: Piece[] = [];
    let text = '';
    const put = (piece: Piece): void => { if (text) found.push(text); text = ''; found.push(piece); };
    while (at < message.length && !message.startsWith(end, at)) {
      const char = message[at] as string;
      if (char === '{') put(argument());
      else if (char === '<' && /\w/.test(message[at + 1] ?? '')) put(tag(plural));
      else if (char === '#' && plural) { at++; put({ kind: 'count' }); }
      else if (char === '}') wrong('{');
      else if (char === "'" && message[at + 1] === "'") { text += "'"; at += 2; }
      else if (char === "'" && /[{}<>]/.test(message[at + 1] ?? '')) {
        const close = message.indexOf("'", at + 1);
        text += message.slice(at + 1, close < 0 ? undefined : close);
        at = close < 0 ? message.length : close + 1;
      } else { text += char; at++; }
    }
    if (text) found.push(text);
    return found;
  };

  const all = pieces(false);
  if (at < message.length) wrong('{');
  return all;
};

/** What takes a value or a tag of a message: `t` makes text of it, `rich` elements. */
export interface Into<T> { value(name: string, number: boolean): T; tag(name: string, inner: readonly T[]): T }

export interface Rules { number(n: number): string; plural(n: number): string }

/** Walks a message: plain text as it is, everything else by `into`. `of` gives the values that choices look at. */
export const fill = <T>(all: readonly Piece[], of: (name: string) => unknown, into: Into<T>, rules: Rules, count = 0): (T | string)[] => all.flatMap((piece): (T | string)[] => {
  if (typeof piece === 'string') return [piece];
  switch (piece.kind) {
    case 'count': return [rules.number(count)];
    case 'value': return [into.value(piece.name, piece.number)];
    case 'tag': return [into.tag(piece.name, fill(piece.inner, of, into, rules, count) as T[])];
    case 'choice': {
      const value = of(piece.name);
      const n = Number(value);
      const word = piece.plural ? (Object.hasOwn(piece.cases, `=${n}`) ? `=${n}` : rules.plural(n)) : String(value);
      return fill((Object.hasOwn(piece.cases, word) ? piece.cases[word] : piece.cases['other']) ?? [], of, into, rules, piece.plural ? n : count);
    }
  }
});

/** Names of the values and tags that a message needs, in order of the alphabet; tags as `<name>`. */
export const namesIn = (message: string): readonly string[] => {
  const names = new Set<string>();
  const walk = (all: readonly Piece[]): void => {
    for (const piece of all) {
      if (typeof piece === 'string' || piece.kind === 'count') continue;
      names.add(piece.kind === 'tag' ? `<${piece.name}>` : piece.name);
      if (piece.kind === 'tag') walk(piece.inner);
      if (piece.kind === 'choice') Object.values(piece.cases).forEach(walk);
    }
  };
  walk(parseMessage(message));
  return [...names].sort();
};
