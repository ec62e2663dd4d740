/**
 * What a person, credential or service may do: one document per tenant and principal, in auth's bucket under
 * `<tenant>.capabilities.<principal id>`. Patterns use NATS wildcards. No document, no rights.
 */
export interface CapabilityDocument {
  /** Core subjects to subscribe to; only `sig.…` and `tty.…` ever make sense here. */
  readonly subjects: readonly string[];
  /** Bucket pattern → key patterns. */
  readonly buckets: Readonly<Record<string, readonly string[]>>;
  /** Commands and queries (`cmd.…`, `qry.…`). */
  readonly commands: readonly string[];
  /** Stream pattern → subject filters. */
  readonly streams: Readonly<Record<string, readonly string[]>>;
}

/** What is asked for. `what` picks the part of the document. */
export type CapabilityRequest =
  | { readonly what: 'subject'; readonly subject: string }
  | { readonly what: 'command'; readonly subject: string }
  | { readonly what: 'bucket'; readonly bucket: string; readonly pattern: string }
  | { readonly what: 'stream'; readonly stream: string; readonly filter: string };

export const NO_CAPABILITIES: CapabilityDocument = { subjects: [], buckets: {}, commands: [], streams: {} };

/** True for `a.b`, `a.*`, `a.>`; false for an empty token, white space, `>` before the end, or a wildcard glued to text. */
export const isPattern = (pattern: string): boolean => pattern.length <= 512 && PATTERN.test(pattern);
const PATTERN = /^(?:>|(?:\*|[^\s*>.]+)(?:\.(?:\*|[^\s*>.]+))*(?:\.>)?)$/;

/**
 * Is every subject that `requested` could match also matched by `granted`? Exact for one grant; a request that only the
 * union of several grants would cover is refused, on purpose: the answer must not depend on an enumeration.
 */
export const contains = (granted: string, requested: string): boolean => {
  const grant = granted.split('.');
  const request = requested.split('.');
  for (let i = 0; i < grant.length; i++) {
    const g = grant[i];
    const r = request[i];
    if (r === undefined) return false;
    if (g === '>') return true;
    if (r === '>') return false;
    if (g !== '*' && g !== r) return false;
  }
  return grant.length === request.length;
};

/** Does a literal subject match a pattern? */
export const matches = (pattern: string, subject: string): boolean => contains(pattern, subject);

/** Patterns of one list as a tree of their tokens. `*` is a child like any other. */
interface Branch { readonly children: Map<string, Branch>; /** A pattern ends here. */ ends?: true; /** A pattern goes on with `>` here. */ rest?: true }

/** A list of a document never changes: its tree is made once. */
const trees = new WeakMap<readonly string[], Branch>();
/** Shorter lists are read through. */
const FEW = 4;

const treeOf = (patterns: readonly string[]): Branch => {
  const known = trees.get(patterns);
  if (known !== undefined) return known;
  const root: Branch = { children: new Map() };
  for (const pattern of patterns) {
    let at = root;
    const tokens = pattern.split('.');
    const open = tokens.at(-1) === '>';
    for (const token of open ? tokens.slice(0, -1) : tokens) {
      const next = at.children.get(token) ?? { children: new Map() };
      at.children.set(token, next);
      at = next;
    }
    if (open) at.rest = true;
    else at.ends = true;
  }
  trees.set(patterns, root);
  return root;
};

const reaches = (branch: Branch, tokens: readonly string[], at: number): boolean => {
  const token = tokens[at];
  if (token === undefined) return branch.ends === true;
  if (branch.rest === true) return true;
  if (token === '>') return false;
  const named = token === '*' ? undefined : branch.children.get(token);
  if (named !== undefined && reaches(named, tokens, at + 1)) return true;
  const any = branch.children.get('*');
  return any !== undefined && reaches(any, tokens, at + 1);
};

/** Does one of the patterns contain what is requested? The same answer as `contains` for each, in a time that hardly grows with their number. */
export const containsAny = (patterns: readonly string[], requested: string): boolean =>
  (patterns.length <= FEW ? patterns.some(p => contains(p, requested)) : reaches(treeOf(patterns), requested.split('.'), 0));

const reserved = (pattern: string): boolean => /(?:^|\.)[$_]/.test(pattern);

const inTable = (table: Readonly<Record<string, readonly string[]>>, name: string, pattern: string): boolean =>
  Object.entries(table).some(([names, patterns]) => contains(names, name) && containsAny(patterns, pattern));

/** The one authorisation rule of HTTP, WebSocket and NATS doors. Tokens that start with `$` or `_` are always refused. */
export const allows = (document: CapabilityDocument, request: CapabilityRequest): boolean => {
  switch (request.what) {
    case 'subject':
      return valid(request.subject) && containsAny(document.subjects, request.subject);
    case 'command':
      return valid(request.subject) && (containsAny(document.commands, request.subject) || allowsPast(document, request.subject));
    case 'bucket':
      return valid(request.pattern) && isPattern(request.bucket) && !reserved(request.bucket) && inTable(document.buckets, request.bucket, request.pattern);
    case 'stream':
      return valid(request.filter) && isPattern(request.stream) && !reserved(request.stream) && inTable(document.streams, request.stream, request.filter);
  }
};

/** Whoever may read a view, by asking for it or (what is one's own) as a bucket, may ask how it was and what changed it: the documents need no word of it. */
const allowsPast = (document: CapabilityDocument, subject: string): boolean => {
  const [, tenant, service, view, id] = PAST.exec(subject) ?? [];
  if (tenant === undefined || service === undefined || view === undefined || id === undefined) return false;
  if (containsAny(document.commands, `qry.${tenant}.${service}.view.${view}.${id}`)) return true;
  const key = `${tenant}.${view}.${id}`;
  return id !== 'all' && (inTable(document.buckets, service, key) || inTable(document.buckets, service, `${key}.*`));
};
const PAST = /^qry\.([^.]+)\.([^.]+)\.view-(?:at|history)\.([^.]+)\.([^.]+)$/;

const valid = (pattern: string): boolean => isPattern(pattern) && !reserved(pattern);
