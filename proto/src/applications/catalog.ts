/** The catalog: entries that Xanthus ships, a tenant's own ones, and the versions that there are of each. */
import { z } from 'zod';
import { defineCommand, defineEvent, defineQuery, defineView } from '../contract.js';
import { actor, written } from '../envelope.js';
import { catalogEntry, ENTRY_LIMIT, entryId } from './catalog-entry.js';

const yaml = z.string().min(1).max(ENTRY_LIMIT);
const input = z.object({ /** The entry as YAML; comments stay. */ yaml });
const EXAMPLE_YAML = `id: whoami
name: Whoami
description: Answers with what was asked.
version_source: { type: static, versions: ["1.11.0"] }
helm_chart:
  repository: local
  chart: app
  version: 1.0.0
  values_template:
    components: { app: { image: { repository: traefik/whoami, tag: "{{VERSION}}" } } }
default_port: 8080
`;
/** Whole, as it is stored. */
const EXAMPLE_ENTRY: z.output<typeof catalogEntry> = catalogEntry.parse({
  id: 'whoami', name: 'Whoami', description: 'Answers with what was asked.', version_source: { type: 'static', versions: ['1.11.0'] },
  helm_chart: { repository: 'local', chart: 'app', version: '1.0.0', values_template: { components: { app: { image: { repository: 'traefik/whoami', tag: '{{VERSION}}' } } } } }, default_port: 8080,
} satisfies z.input<typeof catalogEntry>);

export const CATALOG_ERRORS = ['CATALOG.INVALID', 'CATALOG.ID_DIFFERS', 'CATALOG.ID_TAKEN', 'CATALOG.NOT_FOUND', 'CATALOG.LIMIT_REACHED'] as const;

/** What is wrong in an entry's YAML, and where. */
export const entryProblem = z.object({
  /** Counted from 1; null where it is about the whole. */
  line: z.int().min(1).nullable(),
  column: z.int().min(1).nullable(),
  /** `helm_chart.values_template.image.tag`; empty: the whole. */
  path: z.string(),
  /** A sentence that says what to do. */
  message: z.string(),
});
export type EntryProblem = z.infer<typeof entryProblem>;

export const addCatalogEntry = defineCommand({
  service: 'applications', aggregate: 'catalog-entry', verb: 'add', on: 'id', summary: 'Add an own entry to the catalog of the tenant; its id is that in the YAML. One with problems is refused with all of them (`details.problems`).',
  input, output: written, example: { yaml: EXAMPLE_YAML }, errors: ['CATALOG.INVALID', 'CATALOG.ID_DIFFERS', 'CATALOG.ID_TAKEN', 'CATALOG.LIMIT_REACHED'],
});
export const changeCatalogEntry = defineCommand({
  service: 'applications', aggregate: 'catalog-entry', verb: 'change', on: 'id', summary: 'Change an own entry. What was deployed from it stays as it is until its next upgrade.',
  input, output: written, example: { yaml: EXAMPLE_YAML }, errors: ['CATALOG.INVALID', 'CATALOG.ID_DIFFERS', 'CATALOG.NOT_FOUND', 'CATALOG.LIMIT_REACHED'],
});
export const removeCatalogEntry = defineCommand({
  service: 'applications', aggregate: 'catalog-entry', verb: 'remove', on: 'id', summary: 'Take an own entry out of the catalog. What was deployed from it goes on, and keeps its copy of the entry.',
  input: z.object({}), output: written, example: {}, errors: ['CATALOG.NOT_FOUND'],
});

const stored = z.object({ yaml: z.string(), entry: catalogEntry });
const entryEvent = <T extends string, D extends z.ZodType>(type: T, summary: string, data: D, example: z.input<D>) => defineEvent({ service: 'applications', aggregate: 'catalog-entry', type, schema: 1, summary, data, example });
export const catalogEvents = {
  CatalogEntryAdded: entryEvent('CatalogEntryAdded', 'An own entry came into the catalog of the tenant.', stored, { yaml: EXAMPLE_YAML, entry: EXAMPLE_ENTRY }),
  CatalogEntryChanged: entryEvent('CatalogEntryChanged', 'An own entry is another from now on.', stored, { yaml: EXAMPLE_YAML.replace('name: Whoami', 'name: Who am I'), entry: { ...EXAMPLE_ENTRY, name: 'Who am I' } }),
  CatalogEntryRemoved: entryEvent('CatalogEntryRemoved', 'An own entry is no longer in the catalog.', z.object({}), {}),
} as const;

/** Key `<tenant>.catalog.<id of the entry>`. */
export const catalogView = defineView({
  service: 'applications', view: 'catalog', schema: 1, summary: 'The tenant\'s own entries. Those that Xanthus ships answer the question `shipped-entries`.',
  data: z.object({ id: entryId, yaml: z.string(), entry: catalogEntry, added_at: z.iso.datetime(), changed_at: z.iso.datetime(), changed_by: actor }),
  example: { id: 'whoami', yaml: EXAMPLE_YAML, entry: EXAMPLE_ENTRY, added_at: '2026-11-21T08:00:00.000Z', changed_at: '2026-11-21T08:00:00.000Z', changed_by: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tab' } },
});

export const shippedEntries = defineQuery({
  service: 'applications', question: 'shipped-entries', on: 'all', summary: 'The entries that this version of Xanthus brings along, by name.',
  input: z.object({}), output: z.object({ entries: z.array(z.object({ entry: catalogEntry, yaml: z.string() })) }), example: {},
});

export const catalogEntries = defineQuery({
  service: 'applications', question: 'catalog', on: 'all', summary: 'Everything that can be deployed, by name: the tenant\'s own entries and those that Xanthus ships, where the tenant has none of that id.',
  input: z.object({}), output: z.object({ entries: z.array(z.object({ own: z.boolean(), entry: catalogEntry })) }), example: {},
});

export const checkEntry = defineQuery({
  service: 'applications', question: 'check-entry', on: 'all', summary: 'Would this YAML be taken as an entry? All problems with their lines, while it is being written. Stores nothing.',
  input: z.object({ yaml: z.string().max(ENTRY_LIMIT * 2) }), output: z.object({ ok: z.boolean(), problems: z.array(entryProblem), entry: catalogEntry.nullable() }), example: { yaml: EXAMPLE_YAML },
});

export const entryVersion = z.object({
  /** What is chosen, without a leading `v`. */
  version: z.string(),
  /** As the source writes it. */
  tag: z.string(),
  prerelease: z.boolean(),
  /** The chart's version that deploys it. */
  chart_version: z.string(),
  /** What the chart says that it deploys; versions of charts only. */
  app_version: z.string().nullable(),
  published_at: z.iso.datetime().nullable(),
  /** Address of the release notes. */
  notes: z.string().nullable(),
});
export type EntryVersion = z.infer<typeof entryVersion>;

export const entryVersions = defineQuery({
  service: 'applications', question: 'versions', on: 'id', deadline: 20_000, summary: 'The versions that there are of an entry, newest first. What was asked within ten minutes is answered from memory. A source that cannot be asked is said with the last known list.',
  input: z.object({ /** Alphas, betas and candidates too. Preset: as the entry says. */ prereleases: z.boolean().optional(), /** Ask again now, if the last time is a minute ago. */ refresh: z.boolean().default(false) }),
  output: z.object({
    versions: z.array(entryVersion),
    /** When the source last answered; null: never, and the list is what the entry itself names. */
    asked_at: z.iso.datetime().nullable(),
    /** Why it could not be asked, and since when; null: it could. */
    problem: z.object({ code: z.enum(['SOURCE.RATE_LIMITED', 'SOURCE.UNREACHABLE', 'SOURCE.NOT_FOUND', 'SOURCE.INVALID_ANSWER', 'SOURCE.REFUSED']), message: z.string(), since: z.iso.datetime(), retry_at: z.iso.datetime().nullable() }).nullable(),
  }),
  example: {}, errors: ['CATALOG.NOT_FOUND'],
});
export type VersionsAnswer = z.infer<(typeof entryVersions)['output']>;
