import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { localChart } from '@xanthus/deploy/charts';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { suggestion } from './suggest.js';
import { TookTooLong, withTimeLimit } from './time-limit.js';
import { isBranch, type Branch } from './tree.js';
import { parseYaml } from './yaml.js';

/** Bytes of values that are taken: a release with more does not fit into the Secret in which Helm keeps it. */
export const VALUES_BYTES = 1_048_576;
const SCHEMA_BYTES = 512 * 1_024;

export interface ValuesProblem { /** 1-based; null where it is about the whole. */ readonly line: number | null; readonly column: number | null; readonly path: string; readonly message: string }

export interface ParsedValues {
  /** Undefined when there are problems. */
  readonly values: Branch | undefined;
  readonly problems: readonly ValuesProblem[];
  /** A problem of `checkValues` with the line where this text says it, or of the nearest above. */
  readonly place: (problem: ValuesProblem) => ValuesProblem;
}

/** Values that somebody wrote, as YAML: one mapping, no tags, no bombs. Empty text is an empty mapping. */
export const parseValues = (yaml: string): ParsedValues => {
  const { value, problems, problemAt } = parseYaml(yaml, { bytes: VALUES_BYTES, nodes: 100_000 });
  const place = (problem: ValuesProblem): ValuesProblem => {
    const { line, column } = problemAt(problem.path === '' ? [] : problem.path.split('.').map(step => (/^\d+$/.test(step) ? Number(step) : step)), problem.message);
    return { ...problem, line, column };
  };
  const parsed = (values: Branch | undefined, found: readonly ValuesProblem[]): ParsedValues => ({ values, problems: found, place });
  if (problems.length > 0) return parsed(undefined, problems);
  if (value === null || value === undefined) return parsed({}, []);
  return isBranch(value) ? parsed(value, []) : parsed(undefined, [problemAt([], 'Values are a mapping: "name: value" on each line.')]);
};

/**
 * Do values fit the schema of their chart? A schema of somebody else is data: it is given two seconds, refers to nothing outside, and one that cannot be
 * used says nothing (`checked` is false; Helm itself checks again on the server).
 */
export const checkValues = (values: Branch, schema: object, limit_ms = 2_000): { readonly checked: boolean; readonly problems: readonly ValuesProblem[] } => {
  try {
    if (JSON.stringify(schema).length > SCHEMA_BYTES) return { checked: false, problems: [] };
    return withTimeLimit(limit_ms, () => {
      const validate = ajvFor(schema).compile(schema);
      return { checked: true, problems: validate(withoutNulls(values)) ? [] : (validate.errors ?? []).slice(0, 50).map(problemOf) };
    });
  } catch (error) {
    if (error instanceof TookTooLong || error instanceof Error) return { checked: false, problems: [] };
    throw error;
  }
};

/** Helm takes what is null away before it looks at the schema. */
const withoutNulls = (tree: Branch): Branch =>
  Object.fromEntries(Object.entries(tree).flatMap(([name, value]) => (value === null ? [] : [[name, isBranch(value) ? withoutNulls(value) : value]])));

/**
 * What the chart of an entry does not take of the values of a release, with the lines of the person's own where they say it. Of charts of others nothing is
 * known here: Helm holds them against their schema in the dry run.
 */
export const chartProblems = ({ helm_chart: chart }: Pick<CatalogEntry, 'helm_chart'>, values: Branch, own: Pick<ParsedValues, 'place'>): readonly ValuesProblem[] => {
  const found = chart.repository === 'local' ? localChart(chart.chart) : undefined;
  return found === undefined ? [] : checkValues(values, found.schema).problems.map(own.place);
};

const ajvFor = (schema: object): Ajv => {
  const dialect = String((schema as { readonly $schema?: unknown }).$schema ?? '');
  const Kind = dialect.includes('2020-12') ? Ajv2020 : dialect.includes('2019-09') ? Ajv2019 : Ajv;
  const ajv = new Kind({ strict: false, allErrors: true, validateFormats: true, logger: false, verbose: true });
  (formats as unknown as (ajv: object) => void)(ajv);
  return ajv as Ajv;
};

const problemOf = ({ instancePath, keyword, params, message, parentSchema }: ErrorObject): ValuesProblem => {
  const path = instancePath.slice(1).split('/').filter(step => step !== '').map(step => step.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
  const named = params as Readonly<Record<string, unknown>>;
  const known = Object.keys((parentSchema?.['properties'] as object | undefined) ?? {});
  if (keyword === 'additionalProperties') return { line: null, column: null, path, message: `The chart has no value "${String(named['additionalProperty'])}" here.${suggestion(String(named['additionalProperty']), known)}` };
  if (keyword === 'enum') return { line: null, column: null, path, message: `The chart takes one of ${(named['allowedValues'] as readonly unknown[]).map(v => JSON.stringify(v)).join(', ')} here.` };
  return { line: null, column: null, path, message: `The chart refuses this value: it ${message ?? 'does not fit'}.` };
};
