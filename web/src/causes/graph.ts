/** The chain of causes, from events of one course of things. Pure. What caused a command stands in its id: an event's id, or the id of the command it is a part of. */
import type { Actor } from '@xanthus/proto';

/** An event of the log, with what is needed to explain it and to take it back. */
export interface LoggedEvent {
  readonly id: string;
  readonly stream: string;
  readonly seq: number;
  readonly type: string;
  /** When it happened, ISO. */
  readonly at: string;
  /** When it was stored, ISO, by the stream's clock; undefined: not read. */
  readonly stored?: string;
  readonly tenant: string;
  readonly actor: Actor;
  readonly command_id: string;
  readonly correlation_id: string;
  readonly aggregate: { readonly service: string; readonly name: string; readonly id: string };
  /** What it says; null: not read yet. */
  readonly data: Readonly<Record<string, unknown>> | null;
}

interface Base { readonly id: string; readonly at: string; /** The cause; undefined: nothing that is known. */ readonly by?: string; readonly depth: number }
export type CauseNode =
  | Base & { readonly kind: 'command'; readonly actor: Actor; readonly aggregate: LoggedEvent['aggregate']; /** What reacted to the event that caused it: `begin-work`. */ readonly reactor?: string; /** It is not recorded what caused it: it only belongs to the same course. */ readonly loose?: true }
  | Base & { readonly kind: 'event'; readonly event: LoggedEvent; /** So many of this type in a row, this the last. */ readonly times: number };

const ID = /[0-9a-hjkmnp-tv-z]{26}/g;

/** Of `step-<event>-<id>`, as a service carries on what an event began (infra/processes/src/course.ts): all its steps are one work. */
export const STEPS = 'step';
const STEP = new RegExp(`^${STEPS}-[0-9a-hjkmnp-tv-z]{26}`);
const workOf = (command_id: string): string => STEP.exec(command_id)?.[0] ?? command_id;

/** Which reactor, of `begin-work-01jd…-0` → `begin-work`. */
export const reactorOf = (command_id: string, event_id: string): string => command_id.split(event_id)[0]?.replace(/-+$/, '') ?? '';

interface Command { readonly id: string; readonly events: LoggedEvent[] }

const commandsOf = (events: readonly LoggedEvent[]): readonly Command[] => {
  const all = new Map<string, Command>();
  for (const event of events) {
    const id = workOf(event.command_id);
    const known = all.get(id);
    if (known) known.events.push(event);
    else all.set(id, { id, events: [event] });
  }
  return [...all.values()];
};

/** @returns the id of the node that caused it */
const causeOf = (command: Command, commands: ReadonlyMap<string, Command>, events: ReadonlyMap<string, LoggedEvent>): { readonly by: string; readonly reactor?: string } | undefined => {
  for (const id of command.id.match(ID) ?? []) {
    const event = events.get(id);
    if (event && workOf(event.command_id) !== command.id) return { by: `event ${id}`, reactor: reactorOf(command.id, id) };
  }
  for (let at = command.id.lastIndexOf('-'); at > 0; at = command.id.lastIndexOf('-', at - 1)) {
    const whole = command.id.slice(0, at);
    if (commands.has(whole)) return { by: `command ${whole}` };
  }
  return undefined;
};

const before = (a: LoggedEvent, b: LoggedEvent): number => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq);

/** Events of the same type that follow each other are one: a set-up tells its progress a hundred times. */
const gathered = (events: readonly LoggedEvent[]): readonly (readonly LoggedEvent[])[] => {
  const rows: LoggedEvent[][] = [];
  for (const event of events) {
    const last = rows.at(-1);
    if (last?.[0]?.type === event.type) last.push(event);
    else rows.push([event]);
  }
  return rows;
};

/** All of it, causes before what they caused, each under its cause; what has no known cause follows the beginning. */
export const causeGraph = (found: readonly LoggedEvent[]): readonly CauseNode[] => {
  const events = [...new Map(found.map(e => [e.id, e])).values()].toSorted(before);
  const byId = new Map(events.map(e => [e.id, e]));
  const commands = commandsOf(events);
  const byCommand = new Map(commands.map(c => [c.id, c]));
  const first = commands[0];
  const under = new Map<string, Command[]>();
  const causes = new Map<string, { readonly by: string; readonly reactor?: string; readonly loose?: true }>();
  for (const command of commands) {
    if (command === first) continue;
    const cause = causeOf(command, byCommand, byId) ?? { by: `command ${first?.id ?? ''}`, loose: true as const };
    causes.set(command.id, cause);
    under.set(cause.by, [...under.get(cause.by) ?? [], command]);
  }
  const nodes: CauseNode[] = [];
  const drawn = new Set<string>();
  const draw = (command: Command, depth: number): void => {
    const [one] = command.events;
    // A ring can't be, but must not hang the page.
    if (!one || drawn.has(command.id)) return;
    drawn.add(command.id);
    const cause = causes.get(command.id);
    const id = `command ${command.id}`;
    nodes.push({ kind: 'command', id, at: one.at, depth, actor: one.actor, aggregate: one.aggregate, ...(cause ? { by: cause.by } : {}), ...(cause?.reactor ? { reactor: cause.reactor } : {}), ...(cause?.loose ? { loose: true } : {}) });
    for (const same of gathered(command.events)) {
      const event = same.at(-1);
      if (!event) continue;
      nodes.push({ kind: 'event', id: `event ${event.id}`, at: event.at, by: id, depth: depth + 1, event, times: same.length });
      for (const e of same) for (const next of under.get(`event ${e.id}`) ?? []) draw(next, depth + 2);
    }
    for (const next of under.get(id) ?? []) draw(next, cause ? depth + 1 : 1);
  };
  for (const command of commands) draw(command, 0);
  return nodes;
};

/** From the beginning down to one event: what led to it. */
export const chainTo = (nodes: readonly CauseNode[], event_id: string): readonly CauseNode[] => {
  const byId = new Map(nodes.map(n => [n.id, n]));
  const chain: CauseNode[] = [];
  for (let node = byId.get(`event ${event_id}`); node && !chain.includes(node); node = node.by === undefined ? undefined : byId.get(node.by)) chain.unshift(node);
  return chain;
};
