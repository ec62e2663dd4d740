interface Node<T> {
  readonly literal: Map<string, Node<T>>;
  any?: Node<T> | undefined;
  /** Of the pattern that ends here, and of the one that goes on with `>`. */
  own?: T | undefined;
  rest?: T | undefined;
}

const node = <T>(): Node<T> => ({ literal: new Map() });

/**
 * Values by pattern. What a subject matches is found along its tokens, however many other patterns there are.
 */
export class PatternTrie<T> {
  private readonly root = node<T>();
  private readonly byPattern = new Map<string, T>();

  get(pattern: string): T | undefined {
    return this.byPattern.get(pattern);
  }

  set(pattern: string, value: T): void {
    this.byPattern.set(pattern, value);
    const tokens = pattern.split('.');
    let at = this.root;
    for (const token of tokens) {
      if (token === '>') {
        at.rest = value;
        return;
      }
      at = step(at, token) ?? grow(at, token);
    }
    at.own = value;
  }

  delete(pattern: string): void {
    if (this.byPattern.delete(pattern)) prune(this.root, pattern.split('.'), 0);
  }

  values(): MapIterator<T> {
    return this.byPattern.values();
  }

  /** The values of all patterns that match a literal subject. A list: patterns may go while it is walked. */
  matching(subject: string): T[] {
    const found: T[] = [];
    if (this.byPattern.size > 0) collect(this.root, subject.split('.'), 0, found);
    return found;
  }
}

const step = <T>(at: Node<T>, token: string): Node<T> | undefined => (token === '*' ? at.any : at.literal.get(token));

const grow = <T>(at: Node<T>, token: string): Node<T> => {
  const made = node<T>();
  if (token === '*') at.any = made;
  else at.literal.set(token, made);
  return made;
};

const collect = <T>(at: Node<T>, tokens: readonly string[], i: number, found: T[]): void => {
  const token = tokens[i];
  if (token === undefined) {
    if (at.own !== undefined) found.push(at.own);
    return;
  }
  if (at.rest !== undefined) found.push(at.rest);
  const literal = at.literal.get(token);
  if (literal !== undefined) collect(literal, tokens, i + 1, found);
  if (at.any !== undefined) collect(at.any, tokens, i + 1, found);
};

/** @returns nothing is left below */
const prune = <T>(at: Node<T>, tokens: readonly string[], i: number): boolean => {
  const token = tokens[i];
  if (token === undefined) at.own = undefined;
  else if (token === '>') at.rest = undefined;
  else {
    const next = step(at, token);
    if (next !== undefined && prune(next, tokens, i + 1)) {
      if (token === '*') at.any = undefined;
      else at.literal.delete(token);
    }
  }
  return at.own === undefined && at.rest === undefined && at.any === undefined && at.literal.size === 0;
};
