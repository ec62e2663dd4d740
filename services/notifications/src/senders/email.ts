/** E-mail by SMTP. The name is resolved here and that address connected to; the certificate must be the name's. */
import { AddressError, resolveAddresses, type AddressPolicy } from '@xanthus/net';
import { createTransport } from 'nodemailer';
import type { Letter, MailServer, Outcome } from './sender.js';
import { textOf, titleOf } from './words.js';

/** All of them together stay below the deadline of a test. */
const TIMES = { connectionTimeout: 6_000, greetingTimeout: 6_000, socketTimeout: 12_000 } as const;

interface SmtpError { readonly code?: string; readonly command?: string; readonly responseCode?: number; readonly response?: string; readonly message?: string; readonly cause?: unknown }

const said = (text: string | undefined): string => (text ?? '').replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, 200);
const isTls = (e: SmtpError): boolean => e.code === 'ETLS' || /certificate|self.signed|TLS|SSL|wrong version|ERR_TLS|CERT_/i.test(`${e.code ?? ''} ${e.message ?? ''}`);

/** What happened, in a sentence. 5xx of a server is for good, but for a log-in that may be put right. */
const explain = (error: unknown, { host, port, security }: MailServer): Outcome => {
  const e = error as SmtpError;
  const failed = (code: string, message: string, final = false): Outcome => ({ ok: false, code, message, final });
  if (e.code === 'EAUTH') return failed('CHANNEL.LOG_IN_REFUSED', `${host} does not take this user and password.${e.response === undefined ? '' : ` It says: ${said(e.response)}`}`);
  if (e.responseCode !== undefined && e.code !== 'ETLS') return failed('CHANNEL.REFUSED', `${host} refuses the message: ${said(e.response)}`, e.responseCode >= 500);
  if (isTls(e)) return failed('CHANNEL.TLS', security === 'starttls' ? `${host} offers no TLS that can be trusted on port ${port}: ${said(e.message)}` : `The connection to ${host}:${port} can't be encrypted: ${said(e.message)}`);
  if (e.code === 'ETIMEDOUT' || e.code === 'ETIME') return failed('TARGET.TIMEOUT', `${host}:${port} did not answer in time. Is the port right, and reachable from here?`);
  return failed('TARGET.UNREACHABLE', `${host}:${port} can't be reached (${said(e.code ?? e.message)}).`);
};

const addressHost = (from: string): string => from.slice(from.lastIndexOf('@') + 1);

export const sendEmail = async (server: MailServer, to: readonly string[], letter: Letter, policy: AddressPolicy, signal: AbortSignal): Promise<Outcome> => {
  let addresses: readonly string[];
  try {
    addresses = await resolveAddresses(server.host, server.port, policy);
  } catch (error) {
    if (error instanceof AddressError) return { ok: false, code: error.code, message: error.message, final: error.code !== 'TARGET.UNRESOLVED' };
    throw error;
  }
  const { security, user, password } = server;
  const transport = createTransport({
    host: addresses[0] ?? server.host, port: server.port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none', tls: { servername: server.host }, name: addressHost(server.from),
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }), ...TIMES, disableFileAccess: true, disableUrlAccess: true,
  });
  const stop = (): void => transport.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const info = await transport.sendMail({
      from: { name: 'Xanthus', address: server.from }, to: to.map(address => ({ name: '', address })), subject: titleOf(letter), text: textOf(letter),
      // The same at every try, so that a program that reads mail shows it once.
      messageId: `<${letter.delivery}.xanthus@${addressHost(server.from)}>`, headers: { 'Auto-Submitted': 'auto-generated', 'X-Xanthus-Delivery': letter.delivery },
    });
    const refused = info.rejected.length;
    return { ok: true, detail: refused === 0 ? `${server.host} has taken it: ${said(info.response)}` : `${server.host} has taken it for ${info.accepted.length} of ${info.accepted.length + refused} recipients.` };
  } catch (error) {
    signal.throwIfAborted();
    return explain(error, server);
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
};
