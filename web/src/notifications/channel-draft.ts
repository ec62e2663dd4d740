/** What is filled in about a channel, and what is sent of it. Pure. */
import type { ChannelKind, ChannelTarget, NoticeSeverity } from '@xanthus/proto/notifications';
import type { ChannelRow, ChannelSettingsAnswer } from '../contracts.js';

export interface Draft {
  readonly name: string; readonly kind: ChannelKind; readonly to: string; readonly operator: boolean; readonly host: string; readonly port: string; readonly security: 'tls' | 'starttls' | 'none'; readonly user: string; readonly password: string; readonly from: string;
  readonly url: string; readonly secret: string; readonly severities: readonly NoticeSeverity[]; readonly services: readonly string[]; readonly resolved: boolean;
  readonly quiet: boolean; readonly quietFrom: string; readonly quietTo: string; readonly errors: boolean; readonly digest: 'none' | 'hourly' | 'daily'; readonly zone: string;
}

export const newDraft = (zone: string, operator: boolean): Draft => ({
  name: '', kind: 'email', to: '', operator, host: '', port: '465', security: 'tls', user: '', password: '', from: '', url: '', secret: '', severities: ['error', 'warning'], services: [], resolved: true, quiet: false, quietFrom: '22:00', quietTo: '07:00', errors: true, digest: 'none', zone,
});

export const draftOf = (row: ChannelRow, settings: ChannelSettingsAnswer | undefined, zone: string): Draft => {
  const server = settings?.server ?? null;
  return {
    ...newDraft(zone, server === null), name: row.name, kind: row.kind, to: settings?.to.join(', ') ?? '',
    ...(server === null ? {} : { host: server.host, port: String(server.port), security: server.security, user: server.user ?? '', from: server.from }),
    severities: row.filter.severities.length === 0 ? ['error', 'warning', 'info'] : row.filter.severities, services: row.filter.services, resolved: row.filter.resolved,
    quiet: row.quiet !== null, quietFrom: row.quiet?.from ?? '22:00', quietTo: row.quiet?.to ?? '07:00', errors: row.quiet?.errors ?? row.digest.errors, digest: row.digest.every, zone: row.quiet?.time_zone ?? (row.digest.every === 'daily' ? row.digest.time_zone : zone),
  };
};

export const addressesOf = (text: string): string[] => text.split(/[\s,;]+/).filter(a => a !== '');

/** Empty secrets are left out: of a change they stay as they are. */
export const targetOf = (d: Draft): ChannelTarget => {
  if (d.kind === 'slack') return { kind: 'slack', ...(d.url === '' ? {} : { url: d.url.trim() }) };
  if (d.kind === 'webhook') return { kind: 'webhook', ...(d.url === '' ? {} : { url: d.url.trim() }), ...(d.secret === '' ? {} : { secret: d.secret.trim() }) };
  return { kind: 'email', to: addressesOf(d.to), server: d.operator ? null : { host: d.host.trim(), port: Number(d.port), security: d.security, from: d.from.trim(), ...(d.user === '' ? {} : { user: d.user, ...(d.password === '' ? {} : { password: d.password }) }) } };
};

export const settingsOf = (d: Draft) => ({
  name: d.name.trim(),
  filter: { severities: d.severities.length === 3 ? [] : [...d.severities], kinds: [], services: [...d.services], resolved: d.resolved },
  quiet: d.quiet ? { from: d.quietFrom, to: d.quietTo, time_zone: d.zone, errors: d.errors } : null,
  digest: { every: d.digest, time_zone: d.zone, errors: d.errors },
});

const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 40;
/** A signing secret. @param random bytes, each as likely as the other */
export const newSecret = (random: (bytes: Uint8Array) => Uint8Array): string => {
  let secret = '';
  while (secret.length < LENGTH) for (const byte of random(new Uint8Array(64))) if (byte < Math.floor(256 / ALPHABET.length) * ALPHABET.length && secret.length < LENGTH) secret += ALPHABET.charAt(byte % ALPHABET.length);
  return secret;
};
