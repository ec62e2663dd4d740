/** The set-up script on a machine, over SSH: start it, see how far it is, stop it. It runs by itself there; nothing here needs to live as long as it does. */
import { Refusal } from '@xanthus/kernel';
import type { SshConnection } from '@xanthus/ssh';
import { fields } from '../remote/remote-text.js';
import { SETUP_FOLDER } from './cloud-init.js';
import { settingsFile } from './settings.js';
import type { SetupSettings } from './settings.js';
import { failureSentence, parseSetupStatus } from './setup-status.js';
import type { SetupFailureCode, SetupStatus } from './setup-status.js';
import setupScript from './setup.sh';

export interface SetupReading {
  readonly status: SetupStatus;
  readonly running: boolean;
  /** It said that it works, but does not run: it was killed, or the machine was started again. */
  readonly dead: boolean;
  /** New lines of the log, at most 200 of at most 500 characters; what is left out is said in a line. */
  readonly lines: readonly string[];
  /** Bytes of the log that were seen: give it to the next look. */
  readonly after: number;
}

const MAX_CHUNK = 64 * 1024;
const MAX_LINES = 200;
const MAX_LINE = 500;

/** `$run`: how to act as root. `alive`: does the run of the pid file still go on? Its number and start must both fit. */
const COMMON = `
folder=${SETUP_FOLDER}
run=
[ "$(id -u)" = 0 ] || run='sudo -n'
pid= started=
{ read -r pid started <"$folder/pid"; } 2>/dev/null
case "$pid$started" in *[!0-9]*) pid= ;; esac
alive() { [ -n "$pid" ] && [ -n "$started" ] && [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)" = "$started" ]; }
`;

/** TERM to the group, which the script answers with `FAILED … CANCELLED`; after 10 s KILL. A run that was killed alone is found by what it started: that holds its lock. */
const END_GROUP = `
remains() { [ -n "$pid" ] && [ -e "$folder/lock" ] && ! $run flock -n "$folder/lock" true; }
group() { $run kill -s "$1" -- "-$pid" 2>/dev/null; }
end_group() {
  group TERM
  i=0
  while [ $i -lt 100 ] && group 0; do sleep 0.1; i=$((i + 1)); done
  group KILL
  i=0
  while [ $i -lt 50 ] && group 0; do sleep 0.1; i=$((i + 1)); done
  ! group 0
}
`;

const LOOK = `${COMMON}
if alive; then echo running=yes; else echo running=no; fi
printf 'status=%s\\n' "$(head -c 1024 "$folder/status" 2>/dev/null | base64 | tr -d '\\n')"
size=$(wc -c <"$folder/setup.log" 2>/dev/null) || size=0
size=$((size))
from=$1
[ "$from" -le "$size" ] || from=0
[ $((size - from)) -le ${MAX_CHUNK} ] || from=$((size - ${MAX_CHUNK}))
printf 'from=%s\\nlog=' "$from"
[ "$size" = 0 ] || tail -c "+$((from + 1))" "$folder/setup.log" 2>/dev/null | head -c ${MAX_CHUNK} | base64 | tr -d '\\n'
echo
`;

/** @param after what the last look answered; 0 for the first @throws SshError */
export const readSetup = async (connection: SshConnection, after: number, signal?: AbortSignal): Promise<SetupReading> => {
  const { stdout } = await connection.script(LOOK, [String(Math.max(0, Math.floor(after)))], { maxOutput: 4 * MAX_CHUNK, ...(signal && { signal }) });
  const table = fields(stdout);
  const status = parseSetupStatus(Buffer.from(table.get('status') ?? '', 'base64'));
  const running = table.get('running') === 'yes';
  const from = Number(table.get('from') ?? 0) || 0;
  const log = newLines(Buffer.from(table.get('log') ?? '', 'base64'));
  const skipped = from - after;
  return {
    status, running, dead: !running && status.kind === 'working', after: from + log.bytes,
    lines: [...(skipped > 0 ? [`… ${skipped} bytes of the log are left out here …`] : []), ...log.lines],
  };
};

/** Whole lines only, unless a line is longer than all that is read at once. */
const newLines = (chunk: Buffer): { readonly lines: string[]; readonly bytes: number } => {
  const end = chunk.lastIndexOf(0x0A) + 1;
  const bytes = end === 0 && chunk.length >= MAX_CHUNK ? chunk.length : end;
  const all: string[] = [];
  for (let at = 0; at < bytes;) {
    const next = chunk.indexOf(0x0A, at);
    const stop = next === -1 || next >= bytes ? bytes : next;
    all.push(logLine(chunk.subarray(at, stop)));
    at = stop + 1;
  }
  return { bytes, lines: all.length <= MAX_LINES ? all : [`… ${all.length - MAX_LINES} lines are left out here …`, ...all.slice(-MAX_LINES)] };
};

/** Escapes of a terminal: colours, and what OSC carries. */
// oxlint-disable-next-line no-control-regex -- they are control characters
const ESCAPE = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[@-Z\\-_])/g;

/** UTF-8, else Latin-1; of a progress bar its last state; printable. */
const logLine = (bytes: Buffer): string => {
  const part = bytes.subarray(0, 16 * MAX_LINE);
  let text = part.toString('utf8');
  if (text.slice(0, -4).includes('\uFFFD')) text = part.toString('latin1');
  const shown = text.replaceAll(ESCAPE, '').replace(/\r+$/, '').split('\r').at(-1) ?? '';
  const clean = shown.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ');
  return clean.length <= MAX_LINE && bytes.length === part.length ? clean : `${clean.slice(0, MAX_LINE - 1)}…`;
};

const START = `${COMMON}${END_GROUP}
if alive; then echo already; exit 0; fi
if remains; then end_group; fi
$run chmod 600 "$folder/.settings.new" && $run mv -f "$folder/.settings.new" "$folder/settings" || exit 1
$run chmod 700 "$folder/.setup.sh.new" && $run mv -f "$folder/.setup.sh.new" "$folder/setup.sh" || exit 1
$run bash "$folder/setup.sh" start
`;

const BECOME = `
if [ "$(id -u)" = 0 ]; then echo root; elif sudo -n true 2>/dev/null; then echo sudo; else echo none; fi
command -v bash >/dev/null || echo no-bash
`;

const refusal = (code: SetupFailureCode, text: string): Refusal => new Refusal(`SETUP.${code}`, failureSentence({ step: 'prepare', code, text }));

/**
 * Writes script and settings anew and starts it, detached. Where it runs already, that run goes on.
 * @throws SshError; Refusal SETUP.NOT_ROOT, SETUP.DISK_FULL, SETUP.UNEXPECTED
 */
export const startSetup = async (connection: SshConnection, settings: SetupSettings, signal?: AbortSignal): Promise<'started' | 'already running'> => {
  const o = signal ? { signal } : {};
  const who = (await connection.script(BECOME, [], o)).stdout.trim().split('\n');
  if (who.includes('none')) throw refusal('NOT_ROOT', '');
  if (who.includes('no-bash')) throw refusal('UNKNOWN_OS', 'there is no bash');
  const become = who.includes('sudo') ? ['sudo', '-n'] : [];
  const act = async (argv: readonly string[], stdin?: string): Promise<void> => {
    const { code, stderr } = await connection.exec([...become, ...argv], { ...o, ...(stdin !== undefined && { stdin }) });
    if (code !== 0) throw refusal(/no space left|quota exceeded/i.test(stderr) ? 'DISK_FULL' : 'UNEXPECTED', stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '');
  };
  await act(['mkdir', '-p', SETUP_FOLDER]);
  // Into files of their own, which take the place of the old ones at once: a script that runs goes on reading the one it has.
  await act(['dd', `of=${SETUP_FOLDER}/.settings.new`, 'status=none'], settingsFile(settings));
  await act(['dd', `of=${SETUP_FOLDER}/.setup.sh.new`, 'status=none'], setupScript);
  const { code, stdout, stderr } = await connection.script(START, [], { ...o, timeout: 40_000 });
  if (code !== 0) throw refusal(/no space left|quota exceeded/i.test(stderr) ? 'DISK_FULL' : 'UNEXPECTED', stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? '');
  return stdout.includes('already') ? 'already running' : 'started';
};

/** Ends with whether anybody is left. */
const CANCEL = `${COMMON}${END_GROUP}
if alive || remains; then end_group || { echo left; exit 0; }; fi
echo gone
`;

const TELL = `${COMMON}
[ ! -d "$folder" ] || printf '%s\\n' "$1" | $run tee "$folder/status" >/dev/null
`;

/**
 * Ends the script and all that it started in its process group; resolves when none of it is left. What it installed stays.
 * @throws SshError; Refusal SETUP.UNEXPECTED when something of it cannot be ended
 */
export const cancelSetup = async (connection: SshConnection, signal?: AbortSignal): Promise<SetupStatus> => {
  const o = signal ? { signal } : {};
  const { stdout } = await connection.script(CANCEL, [], { ...o, timeout: 30_000 });
  if (!stdout.includes('gone')) throw refusal('UNEXPECTED', 'a process of the set-up cannot be ended');
  const { status } = await readSetup(connection, 0, signal);
  if (status.kind !== 'working') return status;
  const told = `FAILED ${status.step} CANCELLED by force`;
  await connection.script(TELL, [told], o);
  return parseSetupStatus(told);
};
