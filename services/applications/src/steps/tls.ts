import type { MadeObject } from '@xanthus/proto/applications';
import { z } from 'zod';
import { tlsSecretOf } from '../catalog/index.js';
import { isOf } from '../cluster/inventory.js';
import { applyObjects, deleteObjects, listObjects } from '../cluster/objects.js';
import { wantedExposures } from './exposures.js';
import { limits, madeOf, NOTHING, nothing, ownerOf, releaseBefore, whoseOf, type Step, type StepContext } from './step.js';

const zonesOf = async (context: StepContext): Promise<readonly string[]> => {
  const { host, zone } = context.application;
  return [...new Set([...(host !== null && zone !== null ? [zone] : []), ...(await wantedExposures(context)).map(e => e.zone)])];
};
/** @param ref of the certificate, to see when there is a newer one */
const tlsOf = (namespace: string, domain: string, ref: string | null): MadeObject => ({ sort: 'tls', kind: 'Secret', namespace, name: tlsSecretOf(domain), ref });

/** Certificate and key of the domain, handed over by dns, as the Secret that the Ingress names. */
export const tls: Step = {
  async make(context) {
    const zones = await zonesOf(context);
    if (zones.length === 0) return nothing('It has no address.');
    const made: MadeObject[] = [];
    const without: string[] = [];
    for (const id of zones) {
      const { name } = await context.ports.dns.zone(context.tenant, id);
      const certificate = await context.ports.dns.certificate(context.tenant, id, { id: context.deployment.application, name: context.application.name }, `TLS of ${context.application.name}`, context.deployment.by);
      if (!certificate) {
        without.push(name);
        continue;
      }
      const { namespace } = context.application;
      const encoded = { 'tls.crt': Buffer.from(certificate.chain).toString('base64'), 'tls.key': Buffer.from(certificate.key).toString('base64') };
      await applyObjects(await context.cluster(), [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: tlsSecretOf(name), namespace }, type: 'kubernetes.io/tls', data: encoded }], ownerOf(context), limits(context));
      made.push(tlsOf(namespace, name, certificate.provider_ref));
    }
    const text = without.length === 0 ? '' : `${without.join(', ')} has no certificate of ours, so visitors get one that browsers do not trust. Configure the domain.`;
    return { made, text, skipped: made.length === 0 };
  },
  async back(context) {
    // The certificate is that of the domain, whichever release has it.
    return releaseBefore(context) ? NOTHING : tlsGone.make(context);
  },
};

const ingress = z.looseObject({ spec: z.looseObject({ tls: z.array(z.looseObject({ secretName: z.string().optional() })).default([]) }).prefault({}) });
/** Secrets that addresses of others in the same namespace use: two applications of a domain there share its certificate. */
const othersWith = async (context: StepContext): Promise<ReadonlySet<string>> => {
  const all = await listObjects(await context.cluster(), ['ingresses'], { namespace: context.application.namespace }, limits(context));
  return new Set(all.filter(o => !isOf(whoseOf(context), o)).flatMap(o => ingress.safeParse(o).data?.spec.tls.flatMap(t => t.secretName ?? []) ?? []));
};

export const tlsGone: Step = {
  async make(context) {
    const { deployment: { kind }, application } = context;
    const needed = kind === 'unexpose' ? await Promise.all((await zonesOf(context)).map(async id => tlsSecretOf((await context.ports.dns.zone(context.tenant, id)).name))) : [];
    const known = madeOf(context, 'tls');
    // An undo may come before the account was written.
    const own = application.zone === null || kind === 'unexpose' ? [] : [tlsOf(application.namespace, (await context.ports.dns.zone(context.tenant, application.zone)).name, null)];
    const gone = [...known, ...own.filter(o => !known.some(k => k.name === o.name))].filter(m => !needed.includes(m.name));
    if (gone.length === 0) return nothing('It had no certificate.');
    const there = await othersWith(context);
    const [shared, alone] = [gone.filter(o => there.has(o.name)), gone.filter(o => !there.has(o.name))];
    await deleteObjects(await context.cluster(), alone.map(({ name, namespace }) => ({ kind: 'Secret', name, namespace: namespace ?? undefined })), limits(context));
    return { gone, text: shared.length === 0 ? '' : `${shared.map(o => o.name).join(', ')} stays, as something else in the namespace uses it.` };
  },
};
