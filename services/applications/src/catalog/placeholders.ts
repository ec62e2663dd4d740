import { PLACEHOLDERS, type CatalogEntry, type OwnPlaceholder } from '@xanthus/proto/applications';
import { suggestion } from './suggest.js';
import { TookTooLong, withTimeLimit } from './time-limit.js';
import { leaves, mapTexts, type Path, type Tree } from './tree.js';

/** `{{NAME}}`. Helm's own `{{ .Values.x }}` and `{{ $x }}` in a text are none of ours. */
const OURS = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;
/** As older entries wrote them. */
const OLD = /\{\{\s*\.(Version|Subdomain|Domain|ReleaseName|Timezone|Namespace|Host)\s*\}\}/g;

export const namesOf = (entry: Pick<CatalogEntry, 'helm_chart'>): ReadonlySet<string> => new Set<string>([...PLACEHOLDERS, ...Object.keys(entry.helm_chart.placeholders)]);

/** What is wrong with the placeholders of one text. */
export const textProblems = (text: string, known: ReadonlySet<string>): readonly string[] => [
  ...[...text.matchAll(OURS)].flatMap(([whole, name = '']) => {
    const near = suggestion(name, known);
    // A small word that is near to none of ours belongs to the application: code-server's {{port}}.
    return known.has(name) || (name !== name.toUpperCase() && near === '') ? [] : [`${whole} is no placeholder that there is.${near}`];
  }),
  ...[...text.matchAll(OLD)].map(([whole, name = '']) => `${whole} is no placeholder that there is. Did you mean "${name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}"?`),
];

/** What is wrong with the placeholders in the texts and names of a tree. */
export const treeProblems = (tree: Tree, known: ReadonlySet<string>, path: Path = []): readonly { readonly path: Path; readonly message: string }[] => {
  const problems: { path: Path; message: string }[] = [];
  leaves(tree, (leaf, at) => {
    if (typeof leaf === 'string') for (const message of textProblems(leaf, known)) problems.push({ path: at, message });
  }, path);
  names(tree, (name, at) => {
    if ([...name.matchAll(OURS)].length > 0) problems.push({ path: at, message: 'A name cannot hold a placeholder: it would change what the values are. Use it in a value.' });
  }, path);
  return problems;
};

const names = (tree: Tree, visit: (name: string, path: Path) => void, path: Path): void => {
  if (typeof tree !== 'object' || tree === null) return;
  for (const [name, item] of Object.entries(tree)) {
    const at = [...path, Array.isArray(tree) ? Number(name) : name];
    if (!Array.isArray(tree)) visit(name, at);
    names(item as Tree, visit, at);
  }
};

export type Filled = Readonly<Record<string, string | number | boolean>>;

const fillText = (text: string, filled: Filled): string => text.replaceAll(OURS, (whole, name: string) => (Object.hasOwn(filled, name) ? String(filled[name]) : whole));

/** A text with its placeholders filled in. What is filled in is not looked through again. */
export const fill = (text: string, filled: Filled): string => fillText(text, filled);

/** A tree with its placeholders filled in: text stays one text, whatever is in it. A value that is one placeholder and nothing else takes on its type. */
export const fillTree = (tree: Tree, filled: Filled): Tree => mapTexts(tree, text => {
  const [, alone] = /^\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}$/.exec(text) ?? [];
  return alone !== undefined && Object.hasOwn(filled, alone) ? filled[alone] as string | number | boolean : fillText(text, filled);
});

/** What is wrong with a value that somebody chose for an own placeholder of the entry; undefined: nothing. */
export const chosenProblem = (name: string, own: OwnPlaceholder, value: string | number | boolean): string | undefined => {
  if (typeof value !== own.type) return `${name} must be a ${own.type}.`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${name} must be a finite number.`;
  if (typeof value !== 'string') return undefined;
  if (value.length > 1_000) return `${name} is longer than 1,000 characters.`;
  if (/\p{Cc}/u.test(value)) return `${name} holds a control character or a line break.`;
  if (/\{\{|\}\}/.test(value)) return `${name} holds double braces, which a chart could take for a template.`;
  if (own.choices !== undefined && !own.choices.includes(value)) return `${name} must be one of ${own.choices.join(', ')}.${suggestion(value, own.choices)}`;
  if (own.pattern === undefined) return undefined;
  return patternProblem(own.pattern, [value]) ?? (fitting(own.pattern, [value]).length === 1 ? undefined : `${name} must fit ${own.pattern}.`);
};

/** A pattern of somebody else that goes on for ever is ended after this, ms. */
const PATTERN_TIME = 1_000;
const wholeOf = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'u');

/**
 * Which of the texts fit the pattern as a whole?
 * @throws TookTooLong when the pattern goes on for ever
 */
export const fitting = (pattern: string, texts: readonly string[]): readonly string[] => {
  const whole = wholeOf(pattern);
  return withTimeLimit(PATTERN_TIME, () => texts.filter(text => whole.test(text)));
};

/** Why a pattern cannot be used; undefined: it can. Tried on the texts, too. */
export const patternProblem = (pattern: string, texts: readonly string[] = []): string | undefined => {
  try {
    fitting(pattern, texts);
    return undefined;
  } catch (error) {
    if (error instanceof TookTooLong) return 'This pattern takes too long; avoid repetitions inside of repetitions.';
    return `This is no regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}.`;
  }
};
