/** Golden examples: one file per event and view version that was ever released. Written once, never again. */
import type { EventContract, ViewContract } from '../src/contract.js';
import { EXAMPLE_ZONE } from '../src/dns/records.js';
import { INSTALLATION } from '../src/ids.js';
import { eventEnvelope } from '../src/envelope.js';
import { z } from 'zod';
import { eventsOf, services, viewsOf } from './contracts.js';
import { json } from './text.js';

const AGGREGATE_ID = '01jd3x8e2v5y9w4z7q6r1s0tab';

export const eventExamplePath = (e: EventContract, schema = e.schema): string => `proto/examples/${e.service}/events/${e.type}.v${schema}.json`;
export const viewExamplePath = (v: ViewContract, schema = v.schema): string => `proto/examples/${v.service}/views/${v.view}.v${schema}.json`;

/** Aggregates that stand in the installation's tenant; ids that are no ULID. Elsewhere: tenant `acme`, a ULID. */
const PLACES: Readonly<Record<string, { readonly tenant?: string; readonly id?: string }>> = {
  installation: { tenant: INSTALLATION, id: INSTALLATION }, tenant: { tenant: INSTALLATION, id: 'acme' }, person: { tenant: INSTALLATION }, session: { tenant: INSTALLATION }, 'signing-key': { tenant: INSTALLATION },
  zone: { id: EXAMPLE_ZONE }, domain: { id: EXAMPLE_ZONE }, certificate: { id: EXAMPLE_ZONE },
};

export const eventExample = (e: EventContract): unknown => ({
  id: '01jd3x8e2v5y9w4z7q6r1s0tev', type: e.type, schema: e.schema, tenant: PLACES[e.aggregate]?.tenant ?? 'acme',
  aggregate: { service: e.service, name: e.aggregate, id: PLACES[e.aggregate]?.id ?? AGGREGATE_ID }, occurred_at: '2026-11-21T08:00:00.000Z',
  actor: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tcd', session: '01jd3x8e2v5y9w4z7q6r1s0tss' }, command_id: '01jd3x8e2v5y9w4z7q6r1s0tcm', correlation_id: '01jd3x8e2v5y9w4z7q6r1s0tcc', data: e.example,
});
const viewExample = (v: ViewContract): unknown => ({ schema: v.schema, seq: 42, time: '2026-11-21T08:00:00.000Z', data: v.example });

/** What should exist for the current versions; only missing files are written. */
export const currentGoldens = (): ReadonlyMap<string, string> =>
  new Map(services.flatMap(([, s]) => [...eventsOf(s).map(e => [eventExamplePath(e), json(eventExample(e))] as const), ...viewsOf(s).map(v => [viewExamplePath(v), json(viewExample(v))] as const)]));

const viewValue = z.object({ schema: z.int(), seq: z.int(), time: z.iso.datetime(), data: z.unknown() });

/** Every golden that was ever written must still have a reader: its type exists, and one of the current version parses. */
export const goldenProblems = (path: string, text: string): readonly string[] => {
  const [, service, kind, name, version] = /^proto\/examples\/([a-z-]+)\/(events|views)\/(.+)\.v(\d+)\.json$/.exec(path) ?? [];
  if (service === undefined || name === undefined) return [`${path}: is no golden example by its name.`];
  const contracts = services.find(([s]) => s === service)?.[1];
  const known = contracts === undefined ? [] : kind === 'events' ? eventsOf(contracts).filter(e => e.type === name) : viewsOf(contracts).filter(v => v.view === name);
  const contract = known[0];
  if (contract === undefined) return [`${path}: nothing reads ${name} any more, but it may be stored.`];
  if (Number(version) > contract.schema) return [`${path}: is newer than the contract (${contract.schema}).`];
  const parsed = (kind === 'events' ? eventEnvelope : viewValue).safeParse(JSON.parse(text));
  if (!parsed.success) return [`${path}: ${z.prettifyError(parsed.error)}`];
  if (Number(version) < contract.schema) return []; // lifted by the service's upcasts, which its own specs fold over these files
  const data = contract.data.safeParse(parsed.data.data);
  return data.success ? [] : [`${path}: ${z.prettifyError(data.error)}`];
};
