import { Refusal } from '@xanthus/kernel';
import { handleAsService } from '@xanthus/processes';
import type { MetricsSample, ServerFacts } from '@xanthus/proto/vps';
import { presentedHostKey, SshError } from '@xanthus/ssh';
import type { Seen } from '../alerts/evaluate.js';
import { serverType, type ServerCommand } from '../server/server.decide.js';
import type { ServerRow } from '../views/servers.js';
import type { Target } from '../views/targets.js';
import type { VpsContext } from '../vps.context.js';

/** What one round found out. `none`: nothing about the server, the fault is on our side. */
export type Finding =
  | { readonly kind: 'reachable'; readonly sample: MetricsSample; readonly facts?: ServerFacts }
  | { readonly kind: 'unreachable'; readonly code: string; readonly message: string }
  | { readonly kind: 'host-key'; readonly error: SshError }
  | { readonly kind: 'none'; readonly error: unknown };

/** coming: it is still being made, so that silence is no news. off: somebody switched it off, so that silence is no alert. */
export type Quiet = 'coming' | 'off';
/** What the view shows of a server. */
export interface Known extends Pick<ServerRow, 'status' | 'facts'> { /** Of the reason why it is unreachable. */ readonly code: string | undefined; readonly quiet: Quiet | undefined }

export const knownOf = ({ status, facts, reason, lifecycle, power }: ServerRow): Known => ({ status, facts, code: reason?.code, quiet: lifecycle === 'creating' ? 'coming' : power === 'off' ? 'off' : undefined });

const isSame = (a: ServerFacts, b: ServerFacts | null | undefined): boolean => b != null && (Object.keys(a) as (keyof ServerFacts)[]).every(name => a[name] === b[name]);

/** In a word what the view does not show yet; undefined: it shows it. Thousands of servers that are as they were cost nothing after a restart. */
export const newsOf = (finding: Finding, known: Known | undefined): string | undefined => {
  switch (finding.kind) {
    case 'reachable': {
      const facts = finding.facts !== undefined && !isSame(finding.facts, known?.facts);
      return facts ? 'facts' : known?.status === 'reachable' ? undefined : 'reachable';
    }
    case 'unreachable': return known?.status === 'unreachable' && known.code === finding.code ? undefined : finding.code;
    case 'host-key': case 'none': return finding.kind;
  }
};

export const findingOf = (error: unknown): Finding => {
  if (error instanceof SshError) {
    if (error.code === 'SERVER.HOST_KEY_CHANGED') return { kind: 'host-key', error };
    return error.code === 'SERVER.CANCELLED' ? { kind: 'none', error } : { kind: 'unreachable', code: error.code, message: error.message };
  }
  // A secret that is gone is this server's matter; a vault that cannot be asked now is not.
  if (error instanceof Refusal && !error.retryable) return { kind: 'unreachable', code: error.code, message: error.message };
  return { kind: 'none', error };
};

/** It answers, but whatever answers is no POSIX shell that runs our script to its end. */
export const unreadable: Finding = {
  kind: 'unreachable', code: 'SERVER.UNREADABLE',
  message: 'It lets us in, but what it answers cannot be read: it needs a POSIX shell as log-in shell of this user, without a forced command or a menu. Log in by hand and try `sh -c "echo ok"`.',
};

/** What alerts are judged by; undefined: it says nothing. */
export const seenOf = (finding: Finding): Seen | undefined => {
  switch (finding.kind) {
    case 'reachable': return { kind: 'sample', sample: finding.sample };
    case 'unreachable': return { kind: 'silence', code: finding.code, message: finding.message };
    case 'host-key': return { kind: 'silence', code: finding.error.code, message: finding.error.message };
    case 'none': return undefined;
  }
};

const commandOf = (target: Target, finding: Finding): ServerCommand | undefined => {
  const pinned = target.host_key.fingerprint;
  switch (finding.kind) {
    case 'reachable': return { type: 'ObserveReachable', data: { pinned, ...(finding.facts ? { facts: finding.facts } : {}) } };
    case 'unreachable': return { type: 'ObserveUnreachable', data: { pinned, reason: { code: finding.code, message: finding.message } } };
    case 'host-key': {
      const presented = presentedHostKey(finding.error);
      return presented && { type: 'ObserveHostKey', data: { pinned, presented } };
    }
    case 'none': return undefined;
  }
};

/** Answers whether it is recorded; if not, the next round tries again. */
export const record = async (vps: VpsContext, target: Target, finding: Finding): Promise<boolean> => {
  const command = commandOf(target, finding);
  if (!command) {
    vps.log.warn({ err: finding.kind === 'none' ? finding.error : undefined, server: target.id }, 'a server could not be asked, for a reason of ours');
    return false;
  }
  try {
    await handleAsService(vps, serverType, target.tenant, target.id, command);
    return true;
  } catch (error) {
    vps.log.warn({ err: error, server: target.id }, 'what was seen of a server could not be recorded');
    return false;
  }
};
