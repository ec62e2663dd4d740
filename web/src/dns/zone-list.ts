/** Zones as the list shows them: what Cloudflare has now, joined with what is kept here. Pure; "now" comes in, ms since 1970. */
import type { Domain, ListedZone, OriginCertificate, Zone } from '../contracts.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export interface ZoneLine {
  readonly id: string;
  readonly name: string;
  readonly managed: boolean;
  readonly status: { readonly label: string; readonly tone: Tone; readonly text: string };
  readonly plan: string;
  readonly records: number | undefined;
  readonly owned: number | undefined;
  readonly drift: number;
  readonly configured: Domain['state'] | undefined;
  readonly certificate: CertificateWords | undefined;
}

export const zoneStatus = (status: string, { paused = false, gone = false, name_servers = [] }: { readonly paused?: boolean; readonly gone?: boolean; readonly name_servers?: readonly string[] } = {}): ZoneLine['status'] => {
  if (gone) return { label: t('Gone'), tone: 'bad', text: t('The linked account has no such zone any more, or the token may not see it.') };
  if (paused) return { label: t('Paused'), tone: 'idle', text: t('Cloudflare answers for its names, without proxy and protection.') };
  if (status === 'active') return { label: t('Active'), tone: 'ok', text: t('Cloudflare answers for this zone.') };
  if (status === 'pending' || status === 'initializing') return { label: t('Pending'), tone: 'warn', text: name_servers.length > 0 ? t('Cloudflare waits until the registrar names its servers: {servers}.', { servers: name_servers.join(', ') }) : t('Cloudflare waits until the registrar names its servers.') };
  return { label: status.charAt(0).toUpperCase() + status.slice(1), tone: 'bad', text: t('Cloudflare does not answer for this zone.') };
};

export interface CertificateWords { readonly label: string; readonly tone: Tone; readonly days: number }
const DAY = 86_400_000;
/** How long a certificate is good for. */
export const certificateWords = (certificate: Pick<OriginCertificate, 'state' | 'expires_at'>, now: number): CertificateWords => {
  const days = Math.floor((Date.parse(certificate.expires_at) - now) / DAY);
  if (certificate.state === 'revoked') return { label: t('Revoked'), tone: 'idle', days };
  if (days < 0) return { label: t('Expired'), tone: 'bad', days };
  return { label: t('{days, plural, one {1 day left} other {# days left}}', { days }), tone: certificate.state === 'expiring' || days <= 30 ? 'warn' : 'ok', days };
};

/** A zone that is kept and no longer listed stays in sight: it is released by a person, never by an answer that lacks it. */
export const zoneLines = (live: readonly ListedZone[] | undefined, kept: ReadonlyMap<string, Zone>, domains: ReadonlyMap<string, Domain>, certificates: ReadonlyMap<string, OriginCertificate>, now: number): readonly ZoneLine[] => {
  const listed = new Map(live?.map(z => [z.id, z]));
  const ids = new Set([...listed.keys(), ...kept.keys()]);
  return [...ids].flatMap((id): ZoneLine[] => {
    const [there, ours] = [listed.get(id), kept.get(id)];
    const about = there ?? ours;
    if (!about) return [];
    const domain = domains.get(id);
    const certificate = certificates.get(id);
    return [{
      id, name: about.name, managed: ours !== undefined, plan: about.plan, records: ours?.records, owned: ours?.owned, drift: ours?.drift ?? 0,
      status: zoneStatus(about.status, { paused: there?.paused ?? false, gone: ours?.gone ?? false, name_servers: about.name_servers }),
      configured: domain && domain.state !== 'undone' ? domain.state : undefined,
      certificate: certificate && ours ? certificateWords(certificate, now) : undefined,
    }];
  }).sort((a, b) => Number(b.managed) - Number(a.managed) || a.name.localeCompare(b.name));
};

/** Which of the lines fit what is searched. */
export const filterZones = (lines: readonly ZoneLine[], q: string): readonly ZoneLine[] => {
  const wanted = q.trim().toLowerCase();
  return wanted ? lines.filter(l => l.name.includes(wanted)) : lines;
};
