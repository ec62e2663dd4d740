import type { Outcome, Row } from './benchmark.js';

const digits = (value: number): string => (value >= 1_000 ? Math.round(value).toLocaleString('en') : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const amount = (value: number | undefined, p99: number | undefined, unit: Row['unit']): string =>
  value === undefined ? '–' : `${digits(value)}${p99 === undefined ? '' : ` / ${digits(p99)}`} ${unit}`;
const ratio = ({ ratio: r, spread }: Row): string => (r === undefined ? '–' : `${r.toFixed(2)}${spread ? ` (${spread.map(s => s.toFixed(2)).join('–')})` : ''}`);
const verdict = ({ met }: Row): string => (met === undefined ? '' : met ? 'met' : '**missed**');

/** A Markdown table; times as p50 / p99. */
export const tableOf = (rows: readonly Row[]): string => [
  '| what | ours | raw | ratio | budget | |',
  '|---|---|---|---|---|---|',
  ...rows.map(row => `| ${row.what} | ${amount(row.ours, row.ours_p99, row.unit)} | ${amount(row.raw, row.raw_p99, row.unit)} | ${ratio(row)} | ${row.budget ?? ''} | ${verdict(row)} |`),
].join('\n');

export interface Stamp { readonly date: string; readonly commit: string; readonly machine: string; readonly command: string }

/** The section of one benchmark in RESULTS.md. */
export const sectionOf = (id: string, title: string, outcome: Outcome, stamp: Stamp, profile: string | undefined): string => [
  `## ${id.toUpperCase()}: ${title}`, '', `${stamp.date}, commit ${stamp.commit}, ${stamp.machine}. \`${stamp.command}\``, '', tableOf(outcome.rows), '',
  ...outcome.notes.map(note => `* ${note}`), '', ...(profile === undefined ? [] : ['Where the time goes (own time, one thread):', '', '```', profile, '```', '']),
].join('\n');

const marker = (id: string): RegExp => new RegExp(`^## ${id.toUpperCase()}: [\\s\\S]*?(?=^## |(?![\\s\\S]))`, 'm');
const number = (heading: string): number => Number(/^## P(\d+)/.exec(heading)?.[1] ?? 0);

/** Puts a section in the place of the one before, the sections in the order of their numbers. */
export const withSection = (text: string, id: string, section: string): string => {
  const [head = '', ...rest] = text.replace(marker(id), '').split(/^(?=## )/m);
  const sections = [...rest, `${section.trimEnd()}\n`].map(s => s.trimEnd()).toSorted((a, b) => number(a) - number(b));
  return `${head.trimEnd()}\n\n${sections.join('\n\n')}\n`;
};
