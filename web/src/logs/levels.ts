/** How bad a line of a log is, guessed as people write them. Pure. */
export const LEVELS = ['error', 'warning', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

const NAMES: Readonly<Record<string, Level>> = {
  emerg: 'error', emergency: 'error', alert: 'error', crit: 'error', critical: 'error', fatal: 'error', panic: 'error', error: 'error', err: 'error', severe: 'error', exception: 'error', traceback: 'error', failed: 'error', failure: 'error',
  warning: 'warning', warn: 'warning', notice: 'info', info: 'info', information: 'info', debug: 'debug', trace: 'debug', verbose: 'debug',
};
/** Said as such: `level=warn`, `"severity":"ERROR"`, `[error]`, `<3>`, `ERROR:` at the beginning of a line. */
const SAID = /\b(?:level|lvl|severity|loglevel)["']?\s*[=:]\s*["']?([a-z]+)|\[\s*(emerg|alert|crit|critical|fatal|panic|error|err|warning|warn|notice|info|debug|trace|verbose)\s*\]/i;
const LOUD = /\b(EMERGENCY|ALERT|CRITICAL|FATAL|PANIC|ERROR|SEVERE|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE)\b|^([EWID])\d{4} \d\d:\d\d/;
const SYSLOG = /^<(\d{1,3})>/;
const KLOG: Readonly<Record<string, Level>> = { E: 'error', W: 'warning', I: 'info', D: 'debug' };
const BAD = /\b(?:panic|exception|traceback|fatal|failed|failure|errors?)\b/i;

/** Undefined where nothing says: such a line goes with the one before it. `text` is plain. */
export const levelOf = (text: string): Level | undefined => {
  const priority = SYSLOG.exec(text)?.[1];
  if (priority !== undefined) { const n = Number(priority) % 8; return n <= 3 ? 'error' : n === 4 ? 'warning' : n === 7 ? 'debug' : 'info'; }
  const start = text.length > 2_000 ? text.slice(0, 2_000) : text;
  const said = SAID.exec(start);
  const loud = said ? null : LOUD.exec(start);
  const found = loud?.[2] ? KLOG[loud[2]] : NAMES[(said?.[1] ?? said?.[2] ?? loud?.[1] ?? '').toLowerCase()];
  if (found) return found;
  return BAD.test(text) ? 'error' : undefined;
};

/** Lines that go on with what was said before: the frames of a stack, an indented rest. */
const GOES_ON = /^(?:\s+\S|Caused by:|\.\.\. \d+ more)/;

/** Whether a line is at least as bad, given the level of the one before: `error` shows errors, `warning` also warnings, and so on. */
export const atLeast = (level: Level, least: Level): boolean => LEVELS.indexOf(level) <= LEVELS.indexOf(least);
export const levelAfter = (text: string, before: Level): Level => levelOf(text) ?? (GOES_ON.test(text) ? before : 'info');
