/** The steps that make a domain ready, and how each is taken back. Every one looks first, so it may be run again at any time; none depends on another. */
import { certificateType } from '../certificate/certificate.decide.js';
import type { DomainStep, StepState, StepValues } from '../domain/domain.js';
import type { DnsProvider, MadeRedirect } from '../provider/dns-provider.js';
import type { ProcessPorts } from './ports.js';
import { issue } from './renew-certificate.js';

export interface StepContext { readonly ports: ProcessPorts; readonly provider: DnsProvider; readonly tenant: string; readonly zone: string; readonly name: string; readonly known: StepState | undefined }
export interface StepResult { readonly after: StepValues; readonly text: string }

interface StepWork {
  /** What is there, before anything is changed. */
  look(context: StepContext): Promise<StepValues>;
  make(context: StepContext): Promise<StepResult>;
  back(context: StepContext, before: StepValues): Promise<StepResult>;
}

/** A setting of the zone that gets one value, and the one that it had. */
const setting = (setting: 'ssl' | 'always_use_https', wanted: string, title: string): StepWork => ({
  look: async ({ provider, zone }) => ({ [setting]: await provider.setting(zone, setting) }),
  async make({ provider, zone }) {
    const now = await provider.setting(zone, setting);
    if (now !== wanted) await provider.set(zone, setting, wanted);
    return { after: { [setting]: wanted }, text: now === wanted ? `${title} was ${wanted} already.` : `${title} is ${wanted}; it was ${now}.` };
  },
  async back({ provider, zone }, before) {
    const [now, was] = [await provider.setting(zone, setting), before[setting] ?? null];
    // Somebody has chosen another value since: theirs stays.
    if (now !== wanted || was === null || was === wanted) return { after: { [setting]: now }, text: now === wanted ? `${title} was ${wanted} before, and stays.` : `${title} was changed to ${now} since, and stays so.` };
    await provider.set(zone, setting, was);
    return { after: { [setting]: was }, text: `${title} is ${was} again.` };
  },
});

/** Issued for our request since the step began: by this configuration, also by a try whose answer was lost. */
const ours = async ({ ports, provider, tenant, zone, name }: StepContext, before: StepValues | undefined): Promise<string[]> => {
  const [{ csr }, there] = await Promise.all([ports.certificateRequest(tenant, zone), provider.certificates(zone)]);
  const others = (before?.['others'] ?? '').split(' ');
  return there.filter(c => c.csr.trim() === csr.trim() && c.hostnames.includes(name) && !others.includes(c.ref)).map(c => c.ref);
};

const certificate: StepWork = {
  async look({ ports, provider, tenant, zone }) {
    const [state, there] = await Promise.all([ports.read(certificateType, tenant, zone), provider.certificates(zone)]);
    return { certificate: state.status === 'valid' ? state.issued.provider_ref : null, others: there.map(c => c.ref).join(' ') };
  },
  async make(context) {
    const { ports, provider, tenant, zone, name, known } = context;
    const state = await ports.read(certificateType, tenant, zone);
    const [current, there] = [state.status === 'valid' ? state.issued.provider_ref : undefined, await provider.certificates(zone)];
    const kept = current !== undefined && there.some(c => c.ref === current);
    const strays = await ours(context, known?.before);
    const used = kept ? current : (await issue(context)).provider_ref;
    for (const stray of strays) if (stray !== used) await provider.revokeCertificate(stray);
    return { after: { certificate: used }, text: kept ? 'The certificate that is there goes on being used.' : `A certificate for ${name} and *.${name}.` };
  },
  async back(context, before) {
    const { ports, provider, tenant, zone } = context;
    const made = await ours(context, before);
    for (const ref of made) await provider.revokeCertificate(ref);
    const state = await ports.read(certificateType, tenant, zone);
    // Also one that was revoked by hand: there is nothing left to keep.
    if (state.status === 'valid' && state.issued.provider_ref !== before['certificate']) await ports.handle(certificateType, tenant, zone, { type: 'Revoke', provider_ref: state.issued.provider_ref, outside: !made.includes(state.issued.provider_ref) });
    return { after: { certificate: before['certificate'] ?? null }, text: made.length === 0 ? 'No certificate of ours is left to revoke.' : 'The certificate is revoked.' };
  },
};

const redirect: StepWork = {
  look: async ({ provider, zone, name }) => {
    const there = await provider.findRedirect(zone, name);
    return { redirect: there ? `${there.kind} ${there.ref}` : null };
  },
  async make({ provider, zone, name }) {
    const made = await provider.makeRedirect(zone, name);
    return { after: { redirect: `${made.kind} ${made.ref}` }, text: `www.${name} leads to ${name}${made.kind === 'page_rule' ? ', by a page rule: the token has no right to redirect rules' : ''}.` };
  },
  async back({ provider, zone, name, known }, before) {
    const there = await provider.findRedirect(zone, name);
    if (!there || before['redirect'] === `${there.kind} ${there.ref}`) return { after: { redirect: before['redirect'] ?? null }, text: there ? 'The redirect was there before, and stays.' : 'The redirect is gone already.' };
    const made = known?.after?.['redirect'];
    // Ours is gone, and somebody has made one that does the same.
    if (typeof made === 'string' && made !== `${there.kind} ${there.ref}`) return { after: { redirect: `${there.kind} ${there.ref}` }, text: 'The redirect is another one by now, and stays.' };
    await provider.removeRedirect(zone, there satisfies MadeRedirect);
    return { after: { redirect: null }, text: 'The redirect is removed.' };
  },
};

export const DOMAIN_WORK: Readonly<Record<DomainStep, StepWork>> = { ssl_mode: setting('ssl', 'strict', 'SSL'), certificate, always_https: setting('always_use_https', 'on', 'Always HTTPS'), redirect };
