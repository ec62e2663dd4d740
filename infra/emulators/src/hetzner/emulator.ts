import { randomBytes } from 'node:crypto';
import { actionEngine, type ActionFault } from './actions.js';
import type { Backing } from './backing.js';
import { LOCATIONS, serverTypes, systemImages } from './catalogue.js';
import type { Fault } from './faults.js';
import { addServer, switchOff, switchOn } from './machines.js';
import type { RateLimit } from './rate-limit.js';
import { serve, type SeenAnswer, type SeenRequest } from './serve.js';
import type { Deprecation, Labels, Project, Server, ServerStatus, ServerType, State } from './state.js';

/** A server as a spec sees it, past the API. */
export interface EmulatedServer { readonly id: number; readonly name: string; readonly status: ServerStatus; readonly type: string; readonly location: string; readonly address: string; readonly labels: Labels; readonly user_data: string; readonly locked: boolean; readonly ssh_keys: readonly string[] }
export interface OutsideServer { readonly name: string; readonly type?: string; readonly location?: string; readonly image?: string; readonly labels?: Labels; readonly user_data?: string; readonly on?: boolean; readonly created?: number; readonly project?: string }

export interface HetznerEmulator {
  /** Base address, with `/v1`. */
  readonly url: string;
  readonly port: number;
  /** The first project and a token of it that may do everything. */
  readonly project: string;
  readonly token: string;
  addProject(name: string): string;
  /** 64 characters, as the console of Hetzner gives them. */
  addToken(options?: { readonly project?: string; readonly access?: 'read' | 'read_write' }): string;
  /** From now on nobody knows it. */
  revoke(token: string): void;
  /** Undo of `revoke`, for an outage of their log-in. */
  restore(token: string): void;
  servers(project?: string): readonly EmulatedServer[];
  server(idOrName: number | string, project?: string): EmulatedServer | undefined;
  sshKeys(project?: string): readonly { readonly id: number; readonly name: string; readonly public_key: string; readonly labels: Labels }[];
  snapshots(project?: string): readonly { readonly id: number; readonly description: string; readonly labels: Labels }[];
  /** At one location or at all. */
  setStock(type: string, available: boolean, location?: string): void;
  /** Net, e.g. `{hourly: '0.0060', monthly: '3.49'}`. */
  setPrice(type: string, price: { readonly hourly?: string; readonly monthly?: string }, location?: string): void;
  setIpv4Price(price: { readonly hourly: string; readonly monthly: string }): void;
  /** Net, per GB and month. */
  setSnapshotPrice(net: string): void;
  /** undefined: no longer. */
  setDeprecation(type: string, deprecation: Deprecation | undefined, location?: string): void;
  /** How many servers a project may have; 100 unless set. */
  setLimit(servers: number, project?: string): void;
  /** 3,600 an hour and project unless set. */
  setRateLimit(limit: RateLimit): void;
  /** Of actions that begin from now on, ms; Infinity: until `finishActions`. */
  setActionTime(ms: number, command?: string): void;
  /** Ends what is under way, and waits for what it does. */
  finishActions(): Promise<void>;
  /** The next actions (of a command) fail. */
  failAction(fault?: ActionFault): void;
  /** The next requests go wrong. */
  fail(fault: Fault): void;
  /** Everything goes wrong until `heal`: an error page, no connection, or no answer. */
  outage(kind?: 'html' | 'cut' | 'hang'): void;
  heal(): void;
  /** The next servers that are created never answer. */
  neverBoot(count?: number): void;
  renameOutside(server: number | string, name: string, project?: string): void;
  relabelOutside(server: number | string, labels: Labels, project?: string): void;
  resizeOutside(server: number | string, type: string, project?: string): void;
  powerOutside(server: number | string, power: 'on' | 'off', project?: string): Promise<void>;
  removeOutside(server: number | string, project?: string): Promise<void>;
  addServerOutside(server: OutsideServer): Promise<EmulatedServer>;
  lockOutside(server: number | string, locked: boolean, project?: string): void;
  protectOutside(server: number | string, on: boolean, project?: string): void;
  readonly requests: readonly SeenRequest[];
  readonly answers: readonly SeenAnswer[];
  stop(): Promise<void>;
}

export interface HetznerOptions {
  /** For prices, deprecations, the rate limit and times in answers; ms. Actions take real time. */
  readonly now?: () => number;
  /** ms; 20 unless given. */
  readonly actionTime?: number;
  readonly backing?: Backing;
  /** A free one unless given. */
  readonly port?: number;
  /** A token with this value, e.g. for a launcher that starts it anew. */
  readonly token?: string;
}

/** The Hetzner Cloud API v1 on a free port of loopback, in memory, held against its OpenAPI document. */
export const startHetznerEmulator = async (options: HetznerOptions = {}): Promise<HetznerEmulator> => {
  const state: State = {
    now: options.now ?? Date.now, projects: new Map(), tokens: new Map(), locations: LOCATIONS, types: serverTypes(), images: systemImages(), backing: options.backing ?? null,
    ipv4: { hourly: '0.0008', monthly: '0.50' }, snapshotGbMonth: '0.0110', vatPercent: '19.00', nextId: 42_000_001, nextAddress: 0, deadLeft: 0,
  };
  const actions = actionEngine(state, options.actionTime ?? 20);
  const server = await serve(state, actions, options.port);

  const addProject = (name: string): string => {
    const project: Project = { id: `project-${state.projects.size + 1}`, name, servers: new Map(), sshKeys: new Map(), actions: new Map(), coming: new Set(), limit: 100 };
    state.projects.set(project.id, project);
    return project.id;
  };
  const first = addProject('Default');
  const addToken: HetznerEmulator['addToken'] = ({ project = first, access = 'read_write' } = {}) => add(newToken(), project, access);
  const add = (value: string, project: string, access: 'read' | 'read_write'): string => { state.tokens.set(value, { value, project, access, revoked: false }); return value; };

  const projectOf = (id: string): Project => state.projects.get(id) ?? missing(`project ${id}`);
  const serverOf = (wanted: number | string, project = first): Server | undefined => [...projectOf(project).servers.values()].find(s => s.id === wanted || s.name === wanted || String(s.id) === wanted);
  const known = (wanted: number | string, project?: string): Server => serverOf(wanted, project) ?? missing(`server ${wanted}`);
  const typeOf = (name: string): ServerType => state.types.find(t => t.name === name) ?? missing(`server type ${name}`);
  const each = (type: string, location: string | undefined, change: (type: ServerType, location: string) => void): void => {
    const found = typeOf(type);
    for (const name of location === undefined ? found.prices.keys() : [location]) change(found, name);
  };

  return {
    url: server.url, port: server.port, project: first, token: options.token === undefined ? addToken() : add(options.token, first, 'read_write'), requests: server.seen, answers: server.answered,
    addProject, addToken,
    revoke: value => { (state.tokens.get(value) ?? missing('token')).revoked = true; },
    restore: value => { (state.tokens.get(value) ?? missing('token')).revoked = false; },
    servers: (project = first) => [...projectOf(project).servers.values()].map(shown),
    server: (wanted, project) => { const found = serverOf(wanted, project); return found && shown(found); },
    sshKeys: (project = first) => [...projectOf(project).sshKeys.values()],
    snapshots: (project = first) => [...state.images.values()].filter(i => i.project === project),
    setStock: (type, available, location) => each(type, location, (t, l) => { if (available) t.soldOut.delete(l); else t.soldOut.add(l); }),
    setPrice: (type, price, location) => each(type, location, (t, l) => { const old = t.prices.get(l) ?? missing(`${type} in ${l}`); t.prices.set(l, { ...old, ...price }); }),
    setIpv4Price: price => { state.ipv4 = price; },
    setSnapshotPrice: net => { state.snapshotGbMonth = net; },
    setDeprecation: (type, deprecation, location) => each(type, location, (t, l) => { if (deprecation) t.deprecation.set(l, deprecation); else t.deprecation.delete(l); }),
    setLimit: (servers, project = first) => { projectOf(project).limit = servers; },
    setRateLimit: server.limiter.set,
    setActionTime: actions.setTime,
    finishActions: actions.finish,
    failAction: (fault = {}) => actions.fail(fault),
    fail: server.faults.add,
    outage: (kind = 'html') => server.faults.add({ times: Infinity, ...(kind === 'html' ? { status: 502 } : kind === 'cut' ? { cut: 'before' } : { hang: 'before' }) }),
    heal: server.faults.clear,
    neverBoot: (count = 1) => { state.deadLeft = count; },
    renameOutside: (wanted, name, project) => { known(wanted, project).name = name; },
    relabelOutside: (wanted, labels, project) => { known(wanted, project).labels = labels; },
    resizeOutside: (wanted, type, project) => { known(wanted, project).type = typeOf(type); },
    powerOutside: (wanted, power, project) => (power === 'on' ? switchOn(known(wanted, project)) : switchOff(known(wanted, project), true)),
    removeOutside: async (wanted, project = first) => { const gone = known(wanted, project); projectOf(project).servers.delete(gone.id); await gone.machine?.remove(); },
    addServerOutside: async ({ name, type = 'cx23', location = 'fsn1', image = 'ubuntu-24.04', labels = {}, user_data = '', on = true, created, project = first }) => {
      const wanted = typeOf(type);
      const made = await addServer(state, projectOf(project), {
        name, type: wanted, labels, user_data, ssh_keys: [], ipv4: true, location: state.locations.find(l => l.name === location) ?? missing(`location ${location}`),
        image: [...state.images.values()].find(i => i.name === image && i.architecture === wanted.architecture) ?? missing(`image ${image}`), ...(created !== undefined && { created }),
      });
      await (on ? switchOn(made) : switchOff(made, true));
      return shown(made);
    },
    lockOutside: (wanted, locked, project) => { known(wanted, project).locked = locked; },
    protectOutside: (wanted, on, project) => { known(wanted, project).protection = { delete: on, rebuild: on }; },
    stop: async () => {
      actions.stop();
      await server.stop();
      for (const project of state.projects.values()) for (const { machine } of project.servers.values()) await machine?.remove();
    },
  };
};

const shown = ({ id, name, status, type, location, address, labels, user_data, locked, ssh_keys }: Server): EmulatedServer =>
  ({ id, name, status, type: type.name, location: location.name, address, labels, user_data, locked, ssh_keys: ssh_keys.map(k => k.public_key) });

const newToken = (): string => randomBytes(96).toString('base64').replace(/[+/=]/g, '').slice(0, 64).padEnd(64, 'x');
const missing = (what: string): never => { throw new Error(`the emulator has no such ${what}`); };
