/** One session from its request to its end: gets a shell, looks after it, tells what becomes of it. */
import { Refusal } from '@xanthus/kernel';
import type { Logger } from '@xanthus/nest';
import { pause } from '@xanthus/processes';
import type { Reach } from '@xanthus/reach';
import type { ShellEnd } from '@xanthus/ssh';
import type { Recorder, RecorderStart } from '../recording/recorder.js';
import type { StateOfSession } from '../session/session.js';
import type { HowEnded, SessionNotes } from './host.js';
import { endOnHost, livesOnHost, mayComeBack, openShell, type OpenedShell } from './open-shell.js';
import { Terminal, type TerminalPorts } from './terminal.js';

export interface HostedPorts extends Omit<TerminalPorts, 'notes'> {
  readonly reach: Reach;
  readonly notes: SessionNotes;
  readonly log: Logger;
  /** Undefined: nothing is recorded. */
  readonly record: ((o: RecorderStart) => Recorder) | undefined;
  /** What becomes of a session that can be recorded no more. */
  readonly onRecordingFailure: 'end' | 'go-on';
  /** Everything is over, and who looked has had time to see it. */
  readonly gone: () => void;
}
export interface Ending { readonly how: HowEnded; readonly code: number | null; readonly signal: string | null; readonly message: string; readonly problem: string | null }

/** Who looks reads on for so long after the end, ms. */
const LINGER = 5_000;
/** Growing pauses between tries to find a durable shell again, ms. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Tries to end a durable shell on a host that cannot be reached: half an hour. */
const MOST_ENDINGS = 60;
/** A shell that ends so soon with an error was none. ms */
const AT_ONCE = 3_000;
const LONGEST_MESSAGE = 500;

const said = (error: unknown): { readonly message: string; readonly problem: string | null } => (error instanceof Refusal
  ? { message: error.message.slice(0, LONGEST_MESSAGE), problem: error.code }
  : { message: 'The server could not be reached, and nobody knows why. The log of the terminals service has more.', problem: null });

export class Hosted {
  readonly terminal: Terminal;
  private readonly stopping = new AbortController();
  private opened: OpenedShell | undefined;
  private openedAt = 0;
  private ending = false;
  private recorded = false;
  /** A durable shell was made, and nobody has seen its end. */
  private mayBeOnHost: boolean;

  constructor(private readonly ports: HostedPorts, readonly about: StateOfSession, base: number) {
    this.terminal = new Terminal(ports, about, base);
    this.mayBeOnHost = about.durable && about.status !== 'opening';
  }

  get over(): boolean { return this.ending; }
  /** How it ended, if it has. */
  ended: Ending | undefined;

  async run(): Promise<void> {
    const fresh = this.about.status === 'opening';
    if (!fresh) return this.find();
    try {
      await this.open(false);
      const { connection } = this.opened ?? {};
      if (connection !== undefined) await this.ports.notes.opened({ user: connection.user, address: connection.address, hostKey: connection.hostKey.fingerprint });
    } catch (error) {
      if (!(error instanceof Refusal)) this.ports.log.error({ err: error, session: this.about.id }, 'a shell could not be opened');
      await this.finish({ how: 'failed', code: null, signal: null, ...said(error) });
    }
  }

  /** Somebody ends it; who does writes it down. */
  async end(how: HowEnded, message: string): Promise<void> {
    if (this.ending) return;
    this.close({ how, code: null, signal: null, message, problem: null });
    const { shell } = this.opened ?? {};
    shell?.close();
    if (this.mayBeOnHost) await this.endOnHost();
  }

  /** The service stops. */
  async stop(): Promise<void> {
    if (this.ending) return;
    if (!this.about.durable || this.opened === undefined) return this.finish({ how: 'lost', code: null, signal: null, message: 'Xanthus was stopped or restarted, and the shell ended with it.', problem: null });
    this.ending = true;
    this.stopping.abort();
    this.terminal.say({ op: 'state', state: 'interrupted', message: 'Xanthus is restarted; the shell stays on the host.' });
    this.opened.shell.close();
    this.terminal.close();
  }

  /** A host that cannot be reached now is asked again later: whoever ended it believes that nothing runs there any more. */
  private async endOnHost(tries = 0, wait = FIRST_PAUSE): Promise<void> {
    await endOnHost(this.ports.reach, this.about).catch((error: unknown) => {
      const again = tries < MOST_ENDINGS && mayComeBack(error);
      this.ports.log.warn({ err: error, session: this.about.id, again }, 'a durable shell may still be on its host');
      if (again) setTimeout(() => void this.endOnHost(tries + 1, Math.min(2 * wait, LONGEST_PAUSE)), wait).unref();
    });
  }

  private async open(again: boolean): Promise<void> {
    const { cols, rows } = this.terminal;
    const opened = await openShell(this.ports.reach, this.about, { cols, rows, again, onData: chunk => this.terminal.read(chunk) });
    this.mayBeOnHost = this.about.durable;
    if (this.ending) {
      opened.shell.close();
      // Whoever ended it meanwhile found nothing there yet. A service that stops leaves it.
      if (this.mayBeOnHost && this.ended !== undefined) await this.endOnHost();
      return;
    }
    this.opened = opened;
    this.openedAt = performance.now();
    this.record();
    this.terminal.state = 'open';
    this.terminal.plug(opened.shell);
    // Meanwhile somebody may have wanted another size.
    if (cols !== this.terminal.cols || rows !== this.terminal.rows) opened.shell.resize(this.terminal.cols, this.terminal.rows);
    this.terminal.say({ op: 'state', state: 'open', message: '' });
    void opened.shell.ended.then(end => this.shellEnded(opened, end));
  }

  private record(): void {
    if (this.recorded || this.ports.record === undefined || this.about.recording === 'off') return;
    this.recorded = true;
    const { tenant, id, server, server_name, owner, title, recording } = this.about;
    this.terminal.record(this.ports.record({
      tenant, session: id, server, serverName: server_name, person: owner, title, cols: this.terminal.cols, rows: this.terminal.rows, input: recording === 'all',
      snapshot: () => this.terminal.screen(), onFailed: why => this.recordingFailed(why),
    }));
  }
  private recordingFailed(why: string): void {
    this.ports.log.warn({ session: this.about.id, why }, 'a session can be recorded no more');
    this.terminal.unrecord();
    if (this.ports.onRecordingFailure === 'go-on') return this.terminal.say({ op: 'recording', recording: false, message: why });
    void this.end('recording', why);
    void this.ports.notes.ended({ how: 'recording', code: null, signal: null, message: why.slice(0, LONGEST_MESSAGE), problem: null });
  }

  private async shellEnded(opened: OpenedShell, { code, signal, lost }: ShellEnd): Promise<void> {
    if (this.opened !== opened) return;
    this.opened = undefined;
    this.terminal.unplug();
    if (this.ending) return;
    const { durable } = this.about;
    const nothingSaid = code === null && signal === null;
    if (durable && (lost !== undefined || nothingSaid || (await livesOnHost(this.ports.reach, this.about)) === true)) {
      const { message, problem } = said(lost ?? new Refusal('SERVER.DISCONNECTED', 'The shell on the host was left.'));
      await this.interrupted(message, problem);
      return this.find();
    }
    if (lost !== undefined) return this.finish({ how: 'lost', code: null, signal: null, ...said(lost) });
    const failed = performance.now() - this.openedAt < AT_ONCE && this.terminal.lastTyped === 0 && code !== 0;
    const message = failed ? `The shell ended at once${code === null ? '' : ` with status ${code}`}. Does ${opened.connection.user} have a log-in shell on this server?` : '';
    await this.finish({ how: 'exit', code, signal, message, problem: null });
  }

  private async interrupted(message: string, problem: string | null): Promise<void> {
    this.terminal.state = 'interrupted';
    this.terminal.say({ op: 'state', state: 'interrupted', message });
    await this.ports.notes.interrupted({ message, problem });
  }

  /** A durable shell that is on its host, and is looked for until it is found or is not there. */
  private async find(): Promise<void> {
    this.terminal.state = 'interrupted';
    for (let wait = FIRST_PAUSE; !this.ending; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
      try {
        await this.open(true);
        if (!this.ending) await this.ports.notes.resumed();
        return;
      } catch (error) {
        if (this.ending) return;
        const { message, problem } = said(error);
        if (!mayComeBack(error)) return this.finish({ how: 'lost', code: null, signal: null, message, problem });
        this.terminal.say({ op: 'state', state: 'interrupted', message });
        await pause(wait, this.stopping.signal);
      }
    }
  }

  /** It is over by itself. */
  private async finish(end: Ending): Promise<void> {
    if (this.ending) return;
    this.close(end);
    this.opened?.shell.close();
    await this.ports.notes.ended(end);
  }

  private close(end: Ending): void {
    const { how, code, signal, message, problem } = end;
    this.ended = end;
    this.ending = true;
    this.stopping.abort();
    this.terminal.flush();
    this.terminal.state = 'ended';
    this.terminal.say({ op: 'exit', code, signal, reason: how, message, problem });
    void this.terminal.unrecord()?.end({ code, signal });
    setTimeout(() => {
      this.terminal.close();
      this.ports.gone();
    }, LINGER).unref();
  }
}
