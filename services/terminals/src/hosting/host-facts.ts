import type { SshConnection } from '@xanthus/ssh';

/** What a machine has that a shell can be started with. */
export interface HostFacts {
  /** Path of the user's log-in shell. */
  readonly shell: string;
  /** `major * 100 + minor` of that shell where it is bash, else 0. */
  readonly bash: number;
  readonly tmux: boolean;
}

/** A line of our own before and behind: what a ForceCommand or a restricted shell says is no answer. */
const LOOK = `
echo xanthus-begin
printf '%s\\n' "$SHELL"
case "$SHELL" in */bash) "$SHELL" --norc --noprofile -c 'echo $((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))' ;; *) echo 0 ;; esac
command -v tmux >/dev/null 2>&1 && tmux -V >/dev/null 2>&1 && echo tmux || echo none
echo xanthus-end
`;
const ANSWER = /^xanthus-begin\n(\/[^\n]*)\n(\d+)\n(tmux|none)\nxanthus-end\n$/;
const PATIENCE = 4_000;

const known = new WeakMap<SshConnection, Promise<HostFacts | undefined>>();

/** Undefined: the machine runs something else than what it is asked to (ForceCommand, nologin, a menu), or is no POSIX system. Asked once a connection. */
export const factsOf = (connection: SshConnection): Promise<HostFacts | undefined> => {
  const asked = known.get(connection) ?? look(connection);
  known.set(connection, asked);
  return asked;
};

const look = async (connection: SshConnection): Promise<HostFacts | undefined> => {
  try {
    const { stdout } = await connection.exec(['sh', '-c', LOOK], { timeout: PATIENCE, maxOutput: 4_096 });
    const [, shell, bash, tmux] = ANSWER.exec(stdout) ?? [];
    return shell === undefined ? undefined : { shell, bash: Number(bash), tmux: tmux === 'tmux' };
  } catch {
    // It may be another one the next time, and the shell itself says what is wrong.
    known.delete(connection);
    return undefined;
  }
};
