/** Reads the sources of the console: which texts they say by the helper, and which they say past it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { TITLES } from '../../lib/problem-titles.js';
import { namesIn } from '../icu.js';

export interface Found { readonly key: string; readonly message: string; readonly file: string; readonly line: number }
export interface Fault { readonly file: string; readonly line: number; readonly what: string }

/** web/src */
export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

export const sources = (): readonly string[] => readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter(f => /\.tsx?$/.test(f) && !/\.(?:spec|fixtures)\.tsx?$/.test(f) && !f.startsWith('texts/')).sort();

/** Attributes that a person reads or hears, of elements and of our own parts. */
const SHOWN = new Set(['aria-label', 'aria-roledescription', 'aria-valuetext', 'placeholder', 'title', 'label', 'description', 'alt', 'hint', 'text', 'action', 'effect', 'empty', 'why', 'heading', 'note', 'help', 'advice', 'unit', 'busyText', 'blocked']);
/** What is the same in every language: names, units, signs, examples of input. */
const SAME = /^(?:[^\p{L}]*|Xanthus|GitHub|Cloudflare|SSH|IPv4|IPv6|TLS|DNS|CPU|Kubernetes|Helm|K3s|YAML|JSON|CSV|TTL|px|ms|[a-z0-9.-]+\.example(?:\.[a-z]+)?|https?:\/\/\S+|[^\s@]+@[^\s@]+|\/\S*|\S+\/\S+|[A-Za-z]\d?|[a-z]+[-_.:=][\S]*|-----BEGIN[\s\S]*|(?:mkdir|curl|ssh|npm start|KUBECONFIG)[ =][\s\S]*|[\s\S]*(?:authorized_keys|kubectl get nodes)|[A-Z]{2,}[A-Z_.]*|Esc|min|ls|src|\d[\s\S]{0,8})$/u;

interface Node { readonly type: string; readonly start: number; readonly [field: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** A string as written: a literal, or a template without holes. */
const literal = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral' || (node['expressions'] as unknown[]).length > 0) return undefined;
  return ((node['quasis'] as { value: { cooked: string } }[])[0])?.value.cooked;
};

/** Texts that an expression may give by itself: both ends of a choice, a template. */
function* written(node: unknown): Generator<string> {
  if (!isNode(node)) return;
  const whole = literal(node);
  if (whole !== undefined) yield whole;
  else if (node.type === 'TemplateLiteral') for (const q of node['quasis'] as { value: { cooked: string } }[]) yield q.value.cooked;
  else if (node.type === 'ConditionalExpression') { yield* written(node['consequent']); yield* written(node['alternate']); }
  else if (node.type === 'LogicalExpression') { yield* written(node['left']); yield* written(node['right']); }
  else if (node.type === 'BinaryExpression' && node['operator'] === '+') { yield* written(node['left']); yield* written(node['right']); }
  else if (node.type === 'JSXExpressionContainer') yield* written(node['expression']);
}

const isText = (text: string): boolean => /\p{L}/u.test(text) && !SAME.test(text.trim());

export const findTexts = (file: string, source: string): { readonly texts: readonly Found[]; readonly faults: readonly Fault[] } => {
  const texts: Found[] = [];
  const faults: Fault[] = [];
  const lines = [...source.matchAll(/\n/g)].map(m => m.index);
  const lineOf = (at: number): number => lines.filter(l => l < at).length + 1;
  const fault = (node: Node, what: string): void => { faults.push({ file, line: lineOf(node.start), what }); };

  const call = (node: Node, helper: string): void => {
    const args = node['arguments'] as Node[];
    const [first, ...more] = helper === 'tc' ? args.slice(1) : args;
    const message = literal(first);
    const context = helper === 'tc' ? literal(args[0]) : '';
    if (message === undefined || context === undefined) { fault(node, `${helper}(…) needs its text as a literal, so that it can be found`); return; }
    texts.push({ key: context ? `${message} [${context}]` : message, message, file, line: lineOf(node.start) });
    let names: readonly string[];
    try { names = namesIn(message); } catch (error) { if (more.length > 0) fault(node, String(error)); return; }
    const values = more[0];
    if (!values) { if (names.length > 0) fault(node, `“${message}” has ${names.join(', ')} but gets no values`); return; }
    if (values.type !== 'ObjectExpression') return;
    const given = (values['properties'] as Node[]).map(p => (p.type === 'Property' ? p['key'] as Node : undefined)).map(k => (k ? String(k['name'] ?? k['value']) : undefined));
    if (given.includes(undefined)) return;
    const needed = names.map(n => n.replace(/[<>]/g, ''));
    const missing = needed.filter(n => !given.includes(n));
    const idle = given.filter(n => !needed.includes(n as string));
    if (missing.length > 0) fault(node, `“${message}” gets no value for ${missing.join(', ')}`);
    if (idle.length > 0) fault(node, `“${message}” has no place for ${idle.join(', ')}`);
  };

  const visit = (node: Node): void => {
    if (node.type === 'CallExpression') {
      const { type, name } = node['callee'] as Node & { name?: string };
      if (type === 'Identifier' && (name === 't' || name === 'tc' || name === 'rich')) call(node, name);
    }
    if (node.type === 'JSXText' && isText(String(node['value']).replace(/&\w+;/g, ''))) fault(node, `“${String(node['value']).trim()}” stands outside the helper`);
    if (node.type === 'JSXExpressionContainer') for (const text of written(node)) if (isText(text) && inChildren.has(node)) fault(node, `“${text}” stands outside the helper`);
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') for (const child of node['children'] as Node[]) inChildren.add(child);
    if (node.type === 'JSXAttribute') {
      const name = (node['name'] as { name?: unknown }).name;
      if (typeof name === 'string' && SHOWN.has(name)) for (const text of written(node['value'])) if (isText(text)) fault(node, `${name}: “${text}” stands outside the helper`);
    }
    for (const value of Object.values(node)) {
      if (Array.isArray(value)) { for (const each of value) if (isNode(each)) visit(each); }
      else if (isNode(value)) visit(value);
    }
  };
  const inChildren = new Set<Node>();
  visit(parseAst(source, { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }) as unknown as Node);
  return { texts, faults };
};

/** Sentences of proto that the console says by `known`. */
const PROTO = ['undo'] as const;
const protoTexts = (room: string): readonly Found[] => {
  const folder = join(ROOT, '../../proto/src', room);
  return readdirSync(folder).filter(f => f.endsWith('.ts') && !f.endsWith('.spec.ts')).sort().flatMap(name => {
    const source = readFileSync(join(folder, name), 'utf8');
    const found: Found[] = [];
    const visit = (node: Node): void => {
      const text = literal(node);
      if (text !== undefined && /^[\p{Lu}“].* .*\.$/su.test(text)) found.push({ key: text, message: text, file: `${room}/${name}`, line: source.slice(0, node.start).split('\n').length });
      for (const value of Object.values(node)) for (const each of Array.isArray(value) ? value as unknown[] : [value]) if (isNode(each)) visit(each);
    };
    visit(parseAst(source, { lang: 'ts' }) as unknown as Node);
    return found;
  });
};

/** `lib/problem-titles.ts`: said by the code, `titleOf`. */
const titles = (): readonly Found[] => Object.entries(TITLES).map(([code, message]) => ({ key: `${code} [problem]`, message, file: 'lib/problem-titles.ts', line: 1 }));

export const readAll = (): { readonly texts: readonly Found[]; readonly faults: readonly Fault[] } => {
  const all = sources().map(f => findTexts(relative('.', f), readFileSync(join(ROOT, f), 'utf8')));
  return { texts: [...all.flatMap(a => a.texts), ...PROTO.flatMap(protoTexts), ...titles()], faults: all.flatMap(a => a.faults) };
};
