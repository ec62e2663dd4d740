import { Refusal } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import type { OutputOf } from '@xanthus/proto';
import type { applicationValues } from '@xanthus/proto/applications';
import { stringify } from 'yaml';
import { currentRelease } from '../application/application.js';
import type { ApplicationsContext } from '../applications.context.js';
import { maskOf } from '../cluster/mask.js';
import { secretTexts } from '../planning/secret-texts.js';
import type { SealedRelease } from '../running/ports.js';
import { livingApplication } from '../use-cases/living.js';
import { schemaOf } from './chart-schema.js';
import { maskedOverlay } from './masked-overlay.js';

/** A form without its chart's schema is still a form. */
const schemaOfRelease = async (on: ApplicationsContext, { chart }: SealedRelease, signal: AbortSignal): Promise<Record<string, unknown> | null> => {
  try {
    return schemaOf((await on.charts.get(chart, signal)).bytes);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
};

/** @param revision preset: the release that is there. @throws Refusal APPLICATION.NOT_FOUND, APPLICATION.REVISION_UNKNOWN */
export const valuesOf = async (on: ApplicationsContext, { tenant, id, signal }: Call, revision: number | undefined): Promise<OutputOf<typeof applicationValues>> => {
  const state = await livingApplication(on, tenant, id);
  const wanted = revision ?? currentRelease(state)?.revision;
  if (wanted === undefined || !state.releases.some(r => r.revision === wanted)) throw new Refusal('APPLICATION.REVISION_UNKNOWN', wanted === undefined ? 'It has no release yet. Wait until it is deployed.' : `It has no release ${wanted}.`);
  const sealed = await on.sealed.ofRevision(tenant, id, wanted);
  const { entry, overlay, values, choices, environment, secrets } = sealed;
  const mask = maskOf(secretTexts(sealed));
  const names = [...new Set([...entry.environment_variables.map(v => v.name), ...Object.keys(environment)])];
  const secretNames = new Set(entry.environment_variables.filter(v => v.secret).map(v => v.name));
  return {
    revision: wanted, overlay: maskedOverlay(overlay, mask), all: mask(stringify(values, { lineWidth: 0, aliasDuplicateObjects: false })), choices: { ...choices },
    environment: names.map(name => ({ name, value: secretNames.has(name) || environment[name] === undefined ? null : mask(environment[name]), secret: secretNames.has(name) })),
    secrets: Object.keys(secrets).toSorted(), schema: await schemaOfRelease(on, sealed, signal),
  };
};
