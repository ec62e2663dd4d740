import { Refusal } from '@xanthus/kernel';
import type { Actor } from '@xanthus/proto';
import type { Reach, ReachRequest } from '@xanthus/reach';
import { SshError, type SshConnection, type SshShell } from '@xanthus/ssh';
import type { StateOfSession } from '../session/session.js';
import { factsOf } from './host-facts.js';
import { durableShell, durableShellAgain, markedShell, tmuxHas, tmuxKill } from './shell-command.js';

export interface OpenedShell { readonly shell: SshShell; readonly connection: SshConnection }
export interface OpenShell {
  readonly cols: number;
  readonly rows: number;
  /** The one that is there on the host; none is made. */
  readonly again: boolean;
  readonly onData: (chunk: Buffer) => void;
}

const NO_TMUX = 'This server has no tmux, which keeps the shell of a durable session. Install it there (package "tmux"), or open a session that is not durable.';

const envOf = ({ locale }: StateOfSession): Record<string, string> => ({ COLORTERM: 'truecolor', ...(locale === null ? {} : { LANG: locale, LC_ALL: locale }) });

const wayOf = (about: StateOfSession): ReachRequest => {
  const actor: Actor = { kind: about.owner_kind, id: about.owner };
  return { tenant: about.tenant, server: about.server, purpose: `terminal ${about.title}${about.purpose === null ? '' : `: ${about.purpose}`}`, actor };
};

/** @throws Refusal SESSION.NO_TMUX, SESSION.GONE and what vps says; SshError */
export const openShell = (reach: Reach, about: StateOfSession, { cols, rows, again, onData }: OpenShell): Promise<OpenedShell> =>
  reach.channel(wayOf(about), async (connection) => {
    const options = { cols, rows, env: envOf(about), onData };
    if (about.durable) {
      if ((await factsOf(connection))?.tmux !== true) throw new Refusal('SESSION.NO_TMUX', NO_TMUX);
      if (again && (await connection.exec(tmuxHas(about.id))).code !== 0) throw new Refusal('SESSION.GONE', 'The shell is not on the host any more: it ended, or the host was started anew.');
      return { connection, shell: await connection.shell({ ...options, command: again ? durableShellAgain(about.id) : durableShell(about.id) }) };
    }
    const facts = about.integration ? await factsOf(connection) : undefined;
    const command = facts && markedShell(facts);
    return { connection, shell: await connection.shell({ ...options, ...(command === undefined ? {} : { command }) }) };
  });

/** Is it still there? Undefined: the host cannot be asked. */
export const livesOnHost = async (reach: Reach, about: StateOfSession): Promise<boolean | undefined> => {
  try {
    return (await reach.channel(wayOf(about), connection => connection.exec(tmuxHas(about.id)))).code === 0;
  } catch {
    return undefined;
  }
};

/** @throws Refusal, SshError: it may still be there */
export const endOnHost = async (reach: Reach, about: StateOfSession): Promise<void> => {
  await reach.channel(wayOf(about), connection => connection.exec(tmuxKill(about.id)));
};

/** Another try may help: the network, a machine that starts, vps away. Not: another host key, no access, nothing there. */
export const mayComeBack = (error: unknown): boolean => (error instanceof Refusal ? error.retryable || (error instanceof SshError && error.stage === 'session') : true);
