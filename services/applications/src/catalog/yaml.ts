import { isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { EntryProblem } from '@xanthus/proto/applications';
import { FORBIDDEN_NAMES, pathText, type Path, type Tree } from './tree.js';

/** What a YAML text of somebody else may be. Bytes of text, aliases, values (those of aliases each time), levels. */
export interface YamlLimits { readonly bytes: number; readonly aliases?: number; readonly nodes?: number; readonly depth?: number }

export interface ParsedYaml {
  /** Undefined when there are problems. */
  readonly value: Tree | undefined;
  readonly problems: readonly EntryProblem[];
  /** A problem with the line of what stands at a path, or of the nearest above it. */
  readonly problemAt: (path: Path, message: string) => EntryProblem;
}

/** Seen before the parser, which takes a second for a long row of brackets and then runs out of stack. */
const DEEP = /(?:[[{][ \t\r\n]*){100}|(?:- ){100}/;

const nowhere = (message: string): EntryProblem => ({ line: null, column: null, path: '', message });
const failed = (...problems: readonly EntryProblem[]): ParsedYaml => ({ value: undefined, problems, problemAt: (path, message) => ({ ...nowhere(message), path: pathText(path) }) });

/**
 * Reads one YAML 1.2 document as plain JSON: no tags, no repeated names, no merge keys, few aliases, numbers that JSON can hold. Never throws.
 */
export const parseYaml = (text: string, { bytes, aliases = 50, nodes = 20_000, depth = 40 }: YamlLimits): ParsedYaml => {
  const size = Buffer.byteLength(text);
  if (size > bytes) return failed(nowhere(`This is ${size.toLocaleString('en')} bytes; at most ${bytes.toLocaleString('en')} are taken.`));
  if (DEEP.test(text)) return failed(nowhere(`This is nested more than ${depth} levels deep.`));
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { version: '1.2', schema: 'core', strict: true, uniqueKeys: true, merge: false, stringKeys: true, customTags: null, resolveKnownTags: false, lineCounter: lines, prettyErrors: false, keepSourceTokens: false });
  } catch (error) {
    return failed(nowhere(error instanceof RangeError ? 'This is nested too deeply.' : `This is no YAML: ${(error as Error).message}`));
  }
  const placed = (offset: number | undefined, path: Path, message: string): EntryProblem => {
    const { line, col } = offset === undefined ? { line: 0, col: 0 } : lines.linePos(offset);
    return { line: line > 0 ? line : null, column: col > 0 ? col : null, path: pathText(path), message };
  };
  const problemAt = (path: Path, message: string): EntryProblem => {
    for (let length = path.length; length >= 0; length--) {
      const found = offsetOf(document, path.slice(0, length));
      if (found !== undefined) return placed(found, path, message);
    }
    return placed(undefined, path, message);
  };
  const problems = [...document.errors, ...document.warnings].map(e => placed(e.pos[0], [], sentenceOf(e.code, e.message)));
  const at = (node: { range?: readonly number[] | null }): number | undefined => node.range?.[0];
  let seen = 0;
  try {
    visit(document, {
      Node: (key, node) => {
        if (isNode(node) && 'tag' in node && node.tag !== undefined && node.tag !== '') problems.push(placed(at(node), [], `Tags such as ${String(node.tag)} are not taken; write plain text, numbers, lists and mappings.`));
        if (isAlias(node) && ++seen > aliases) { problems.push(placed(at(node), [], `More than ${aliases} aliases are not taken.`)); return visit.BREAK; }
        if (isScalar(node) && typeof node.value === 'number' && key !== 'key' && !isExact(node.value)) problems.push(placed(at(node), [], `The number ${String(node.source ?? node.value)} cannot be kept exactly; write it in quotes.`));
        if (isMap(node)) for (const { key: name } of node.items) if (isScalar(name) && FORBIDDEN_NAMES.has(String(name.value))) problems.push(placed(at(name), [], `The name ${String(name.value)} is not taken.`));
        return undefined;
      },
    });
  } catch (error) {
    if (error instanceof RangeError) return failed(nowhere('This is nested too deeply.'));
    throw error;
  }
  if (problems.length > 0) return { value: undefined, problems: problems.slice(0, 50), problemAt };
  try {
    const value = document.toJS({ maxAliasCount: aliases }) as Tree;
    const why = tooLarge(value, nodes, depth);
    return why === undefined ? { value, problems: [], problemAt } : { value: undefined, problems: [nowhere(why)], problemAt };
  } catch (error) {
    return { value: undefined, problems: [nowhere(error instanceof ReferenceError ? 'The aliases of this text multiply into too much.' : `This is no YAML that can be taken: ${(error as Error).message}`)], problemAt };
  }
};

const isExact = (value: number): boolean => Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

const tooLarge = (value: Tree, nodes: number, depth: number): string | undefined => {
  let left = nodes;
  const walk = (at: Tree, level: number): string | undefined => {
    if (--left < 0) return `This is more than ${nodes.toLocaleString('en')} values, with aliases counted each time.`;
    if (typeof at !== 'object' || at === null) return undefined;
    if (level > depth) return `This is nested more than ${depth} levels deep.`;
    for (const item of Object.values(at)) {
      const why = walk(item, level + 1);
      if (why !== undefined) return why;
    }
    return undefined;
  };
  return walk(value, 0);
};

const offsetOf = (document: Document.Parsed, path: Path): number | undefined => {
  const parent = path.length > 0 ? document.getIn(path.slice(0, -1), true) : undefined;
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
    if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
};

const sentenceOf = (code: string, message: string): string => {
  if (code === 'DUPLICATE_KEY') return 'This name stands here twice; remove one of them.';
  if (code === 'MULTIPLE_DOCS') return 'Only one document is taken; remove the line "---" and what follows.';
  if (code === 'TAG_RESOLVE_FAILED') return `Tags are not taken: ${message}.`;
  return `This is no YAML: ${message.replace(/ at line \d+, column \d+:?[\s\S]*$/, '')}.`.replace(/\.\.$/, '.');
};
