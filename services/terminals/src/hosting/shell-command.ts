/** With what a shell is started. Scripts are fixed; what varies is an argument. Pure. */
import type { HostFacts } from './host-facts.js';

/** `exec` of a plain shell loses what sshd says at a log-in: shown here as it would be. */
const GREETING = '[ -e "$HOME/.hushlogin" ] || cat /run/motd.dynamic /etc/motd 2>/dev/null';

/**
 * Marks of OSC 133 by bash's environment: nothing is written, nothing of the user's is replaced. A user whose own files set PROMPT_COMMAND has theirs, and no
 * marks. They are for this shell only: taken out of the environment at the first prompt.
 */
const PROMPT = String.raw`printf "\033]133;D;%s\007\033]133;A\007" "$?"; export -n PROMPT_COMMAND PS0; case "$PS1" in *"133;B"*) ;; *) PS1="$PS1\[\e]133;B\a\]" ;; esac`;
const BEFORE_OUTPUT = String.raw`\e]133;C\a`;

const MARKED = `
${GREETING}
COLORTERM=truecolor PROMPT_COMMAND=$2 PS0=$3
export COLORTERM PROMPT_COMMAND PS0
exec "$1" -l
`;

/** Undefined: the shell as sshd starts it. PS0 is there since bash 4.4. */
export const markedShell = ({ shell, bash }: HostFacts): readonly string[] | undefined =>
  (bash >= 404 ? ['sh', '-c', MARKED, 'sh', shell, PROMPT, BEFORE_OUTPUT] : undefined);

/** A server of tmux of our own, without keys, bars or files: what shows is the shell alone. `-q`: an older tmux does not know all of them. */
const TMUX = `
COLORTERM=truecolor
export COLORTERM
exec tmux -u -L xanthus -f /dev/null start-server \\; \\
  set-option -gq prefix None \\; set-option -gq status off \\; set-option -gq mouse off \\; set-option -gq history-limit 10000 \\; \\
  set-option -sq escape-time 0 \\; set-option -gq default-terminal screen-256color \\; set-option -gaq terminal-overrides ',xterm*:Tc:smcup@:rmcup@' \\; \\
  set-option -gq set-titles on \\; set-option -gq set-titles-string '#T' \\; set-option -gq allow-rename off \\; set-option -sq focus-events on \\; \\
  set-option -gq destroy-unattached off \\; set-option -sq exit-unattached off \\; set-option -gq window-size latest \\; set-option -gq detach-on-destroy on \\; \\
`;
const NEW = `${TMUX}  new-session -A -D -s "$1"\n`;
const AGAIN = `${TMUX}  attach-session -d -t "=$1"\n`;

/** Of a session of ours: letters of an id, no others. */
const tmuxName = (session: string): string => {
  if (!/^[a-z0-9-]{1,64}$/.test(session)) throw new TypeError(`${JSON.stringify(session)} is no session`);
  return `xanthus-${session}`;
};
export const durableShell = (session: string): readonly string[] => ['sh', '-c', NEW, 'sh', tmuxName(session)];
export const durableShellAgain = (session: string): readonly string[] => ['sh', '-c', AGAIN, 'sh', tmuxName(session)];
export const tmuxHas = (session: string): readonly string[] => ['tmux', '-L', 'xanthus', 'has-session', '-t', `=${tmuxName(session)}`];
export const tmuxKill = (session: string): readonly string[] => ['tmux', '-L', 'xanthus', 'kill-session', '-t', `=${tmuxName(session)}`];
