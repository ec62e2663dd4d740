import { AddressError, configuredEndpoint, createSafeFetch, natsPorts, outgoingAllow, resolveAddresses, type AddressPolicy } from '@xanthus/net';
import { CHANNEL_KINDS } from '@xanthus/proto/notifications';
import { noOperatorServer, targetRefused } from '../channel/channel.errors.js';
import type { NotificationsConfig } from '../notifications.config.js';
import { sendEmail } from './email.js';
import { sendSlack, sendWebhook } from './http.js';
import type { MailServer, Senders, Target } from './sender.js';

/** Answers of webhooks are read so far, bytes; the whole call takes so long, ms. */
const MOST_ANSWER = 64 * 1024;
const TIMES = { connect: 5_000, head: 10_000, total: 15_000 } as const;

/** XANTHUS_SMTP_URL and XANTHUS_SMTP_FROM. @throws Error that says what is missing */
export const operatorServer = ({ XANTHUS_SMTP_URL: url, XANTHUS_SMTP_FROM: from }: Pick<NotificationsConfig, 'XANTHUS_SMTP_URL' | 'XANTHUS_SMTP_FROM'>): MailServer | null => {
  if (url === undefined) return null;
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const security = protocol === 'smtps:' ? 'tls' : searchParams.get('tls') === 'none' ? 'none' : 'starttls';
  const user = decodeURIComponent(username);
  const sender = from ?? (user.includes('@') ? user : undefined);
  if (sender === undefined) throw new Error('XANTHUS_SMTP_URL needs XANTHUS_SMTP_FROM, the address that messages are from.');
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || (security === 'tls' ? 465 : 587)), security, from: sender, ...(user === '' ? {} : { user, password: decodeURIComponent(password) }) };
};

export const openSenders = (config: NotificationsConfig, now: () => number): Senders & { close(): Promise<void> } => {
  const operator = operatorServer(config);
  const allow = outgoingAllow(config.XANTHUS_OUTGOING_ALLOW);
  const policy: AddressPolicy = { allow, ownPorts: natsPorts(config.XANTHUS_NATS_URL), setting: 'XANTHUS_OUTGOING_ALLOW' };
  /** What the operator wrote into the configuration may be within. */
  const operatorPolicy: AddressPolicy = operator === null ? policy : { ...policy, configured: [configuredEndpoint(`tcp://${operator.host.includes(':') ? `[${operator.host}]` : operator.host}:${operator.port}`)] };
  const fetch = createSafeFetch({ policy, timeouts: TIMES, maxAnswer: MOST_ANSWER });
  return {
    operatorSmtp: operator !== null, kinds: CHANNEL_KINDS,
    async send(target, letter, signal) {
      if (target.kind === 'webhook') return sendWebhook(fetch, target, letter, now(), signal);
      if (target.kind === 'slack') return sendSlack(fetch, target, letter, signal);
      const server = target.server ?? operator;
      if (server === null) return { ok: false, code: 'CHANNEL.NO_SERVER', message: noOperatorServer().message, final: false };
      return sendEmail(server, target.to, letter, target.server === null ? operatorPolicy : policy, signal);
    },
    async check(target: Target) {
      if (target.kind === 'email' && target.server === null) {
        if (operator === null) throw noOperatorServer();
        return;
      }
      const url = target.kind === 'email' ? null : new URL(target.url);
      const [host, port] = url === null ? [(target as { server: MailServer }).server.host, (target as { server: MailServer }).server.port] : [url.hostname.replace(/^\[(.*)\]$/, '$1'), Number(url.port || (url.protocol === 'https:' ? 443 : 80))];
      if (url !== null && (url.username !== '' || url.password !== '')) throw targetRefused('The address carries a user or password; give one without.');
      if (target.kind === 'email' && target.server?.security === 'none' && target.server.password !== undefined && allow.length === 0) throw targetRefused('Without TLS the password can be read by anybody on the way; choose TLS or STARTTLS.');
      if (url?.protocol === 'http:' && allow.length === 0) throw targetRefused('An address with http can be read by anybody on the way; give one with https.');
      try {
        await resolveAddresses(host, port, policy);
      } catch (error) {
        // A name that is not found now may be made in a moment; the test says so.
        if (error instanceof AddressError && error.code === 'TARGET.ADDRESS_FORBIDDEN') throw targetRefused(error.message);
        if (!(error instanceof AddressError)) throw error;
      }
    },
    close: () => fetch.close(),
  };
};
