/** Servers, what runs on them and the domains that lead to it, as a picture in three columns. Pure. */
import type { Application, Server, Zone } from '../contracts.js';
import { shownStatus } from '../applications/words.js';
import { zoneStatus } from '../dns/zone-list.js';
import type { ThingAddress } from '../lib/thing-link.js';
import { stateOf } from '../servers/server-state.js';
import { t } from '../texts/text.js';
import type { Tone } from '../ui/status-pill.js';

export type NodeKind = 'server' | 'application' | 'zone';
export const COLUMNS: readonly NodeKind[] = ['server', 'application', 'zone'];

export interface TopologyNode {
  /** `server <id>`. */
  readonly key: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly sub: string;
  readonly state: string;
  readonly tone: Tone;
  readonly moving: boolean;
  readonly link: ThingAddress;
  /** Left upper corner, px at the picture's own size. */
  readonly x: number;
  readonly y: number;
}
/** From left to right. */
export interface TopologyEdge { readonly key: string; readonly from: string; readonly to: string; readonly tone: Tone }
export interface Topology { readonly nodes: readonly TopologyNode[]; readonly edges: readonly TopologyEdge[]; readonly width: number; readonly height: number }

export const NODE = { width: 220, height: 40 } as const;
const PITCH = 52;
const GAP = 130;
const MARGIN = 12;
/** Room for the heads of the columns. */
const TOP = 36;
export const xOf = (kind: NodeKind): number => MARGIN + COLUMNS.indexOf(kind) * (NODE.width + GAP);
export const WIDTH = 2 * MARGIN + 3 * NODE.width + 2 * GAP;

type Unplaced = Omit<TopologyNode, 'x' | 'y'>;
const ofServer = (s: Server): Unplaced => {
  const { label, tone, moving } = stateOf(s);
  return { key: `server ${s.id}`, kind: 'server', name: s.name, sub: s.host, state: label, tone, moving: moving === true, link: { to: '/servers/$id', params: { id: s.id } } };
};
const ofApplication = (a: Application): Unplaced => {
  const { label, tone, moving } = shownStatus(a);
  return { key: `application ${a.id}`, kind: 'application', name: a.name, sub: a.host ?? a.entry_name, state: label, tone, moving: moving === true, link: { to: '/applications/$id', params: { id: a.id } } };
};
const ofZone = (z: Zone): Unplaced => {
  const { label, tone } = z.gone || z.drift === 0 ? zoneStatus(z.status, { gone: z.gone, name_servers: z.name_servers }) : { label: t('{drift} changed outside', { drift: z.drift }), tone: 'warn' as const };
  return { key: `zone ${z.id}`, kind: 'zone', name: z.name, sub: t('{records, plural, one {# record} other {# records}}', { records: z.records }), state: label, tone, moving: false, link: { to: '/domains/$id', params: { id: z.id } } };
};

const byName = <T extends { readonly name: string }>(a: T, b: T): number => a.name.localeCompare(b.name, 'en', { numeric: true });
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The zones that an application has addresses in. */
export const zonesOf = (a: Pick<Application, 'zone' | 'exposures'>): readonly string[] => [...new Set([a.zone, ...a.exposures.map(e => e.zone)].filter(z => z !== null))];

/**
 * Servers beside their applications, which stand in the order of the servers; domains as near to what they lead to as there is room. What belongs to
 * nothing comes last. A server that is not known (no right, or gone) leaves its applications without one.
 */
export const buildTopology = (servers: Iterable<Server>, applications: Iterable<Application>, zones: Iterable<Zone>): Topology => {
  const allServers = [...servers].sort(byName);
  const allApplications = [...applications].sort(byName);
  const nodes: TopologyNode[] = [];
  const middle = new Map<string, number>();
  const place = (node: Unplaced, y: number): void => {
    nodes.push({ ...node, x: xOf(node.kind), y });
    middle.set(node.key, y);
  };

  let y: number = TOP;
  const known = new Set(allServers.map(s => s.id));
  for (const server of allServers) {
    const own = allApplications.filter(a => a.server === server.id);
    for (const [i, a] of own.entries()) place(ofApplication(a), y + i * PITCH);
    place(ofServer(server), y + ((Math.max(1, own.length) - 1) * PITCH) / 2);
    y += Math.max(1, own.length) * PITCH;
  }
  for (const a of allApplications.filter(each => !known.has(each.server))) { place(ofApplication(a), y); y += PITCH; }

  const users = new Map<string, string[]>();
  for (const a of allApplications) for (const zone of zonesOf(a)) users.set(zone, [...users.get(zone) ?? [], `application ${a.id}`]);
  const wish = (z: Zone): number => { const all = users.get(z.id); return all ? mean(all.map(key => middle.get(key) ?? 0)) : Infinity; };
  // Of two that lead to nothing, a difference would not be a number.
  const byWish = (a: { readonly zone: Zone; readonly at: number }, b: { readonly zone: Zone; readonly at: number }): number => (a.at === b.at ? byName(a.zone, b.zone) : a.at - b.at);
  const ordered = [...zones].map(zone => ({ zone, at: wish(zone) })).sort(byWish);
  let free: number = TOP;
  for (const { zone, at } of ordered) {
    const own = at === Infinity ? free : Math.max(free, at);
    place(ofZone(zone), own);
    free = own + PITCH;
  }

  const here = new Set(nodes.map(n => n.key));
  const toneOf = new Map(nodes.map(n => [n.key, n.tone]));
  const edges = allApplications.flatMap((a): TopologyEdge[] => {
    const key = `application ${a.id}`;
    const tone = toneOf.get(key) ?? 'idle';
    return [[`server ${a.server}`, key] as const, ...zonesOf(a).map(zone => [key, `zone ${zone}`] as const)].filter(([from, to]) => here.has(from) && here.has(to)).map(([from, to]) => ({ key: `${from} ${to}`, from, to, tone }));
  });
  const order = (n: TopologyNode): number => COLUMNS.indexOf(n.kind);
  return { nodes: nodes.sort((a, b) => order(a) - order(b) || a.y - b.y), edges, width: WIDTH, height: Math.max(y, free) + MARGIN };
};

/** A node with everything that leads to it and from it. */
export const related = ({ edges }: Pick<Topology, 'edges'>, key: string): ReadonlySet<string> => {
  const found = new Set([key]);
  const walk = (from: 'from' | 'to', to: 'from' | 'to'): void => {
    let front = [key];
    while (front.length > 0) {
      front = edges.filter(e => front.includes(e[from])).map(e => e[to]);
      for (const each of front) found.add(each);
    }
  };
  walk('from', 'to');
  walk('to', 'from');
  return found;
};

export type Direction = 'up' | 'down' | 'left' | 'right' | 'first' | 'last';
/** Where an arrow key leads: within the column, or along a line to the nearest. Pure. */
export const step = ({ nodes, edges }: Topology, key: string | undefined, direction: Direction): string | undefined => {
  const at = nodes.find(n => n.key === key);
  if (!at) return nodes[0]?.key;
  const column = nodes.filter(n => n.kind === at.kind);
  const i = column.indexOf(at);
  switch (direction) {
    case 'up': return column[Math.max(0, i - 1)]?.key;
    case 'down': return column[Math.min(column.length - 1, i + 1)]?.key;
    case 'first': return column[0]?.key;
    case 'last': return column.at(-1)?.key;
    default: {
      const beside = edges.flatMap(e => (direction === 'right' ? e.from === at.key ? [e.to] : [] : e.to === at.key ? [e.from] : []));
      const near = nodes.filter(n => beside.includes(n.key)).sort((a, b) => Math.abs(a.y - at.y) - Math.abs(b.y - at.y));
      return near[0]?.key ?? at.key;
    }
  }
};

/** Keys of the nodes whose name, address or state holds every word; undefined: no words. */
export const findNodes = ({ nodes }: Pick<Topology, 'nodes'>, words: string): ReadonlySet<string> | undefined => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return undefined;
  return new Set(nodes.filter(n => wanted.every(w => [n.name, n.sub, n.state].some(text => text.toLowerCase().includes(w)))).map(n => n.key));
};
