import type { BackedMachine, Backing } from './backing.js';

export type ServerStatus = 'running' | 'initializing' | 'starting' | 'stopping' | 'off' | 'deleting' | 'migrating' | 'rebuilding' | 'unknown';
export type Labels = Readonly<Record<string, string>>;
export type Architecture = 'x86' | 'arm';

export interface Location { readonly id: number; readonly name: string; readonly description: string; readonly country: string; readonly city: string; readonly latitude: number; readonly longitude: number; readonly network_zone: string }
export interface Deprecation { readonly announced: string; readonly unavailable_after: string }

/** Net prices in EUR, per location. */
export interface TypePrice { hourly: string; monthly: string; readonly included_traffic: number }
export interface ServerType {
  readonly id: number;
  readonly name: string;
  readonly cores: number;
  readonly memory: number;
  readonly disk: number;
  readonly cpu_type: 'shared' | 'dedicated';
  readonly category: string;
  readonly architecture: Architecture;
  /** By name of the location: it is sold in these only. */
  readonly prices: Map<string, TypePrice>;
  readonly deprecation: Map<string, Deprecation>;
  /** Locations that have none left. */
  readonly soldOut: Set<string>;
}

export interface Image {
  readonly id: number;
  readonly type: 'system' | 'snapshot' | 'backup';
  status: 'available' | 'creating' | 'unavailable';
  readonly name: string | null;
  readonly description: string;
  readonly os_flavor: string;
  readonly os_version: string | null;
  readonly architecture: Architecture;
  readonly disk_size: number;
  image_size: number | null;
  readonly created: string;
  readonly created_from: { readonly id: number; readonly name: string } | null;
  deprecated: string | null;
  labels: Labels;
  /** Undefined: everybody's. */
  readonly project?: string;
}

export interface SshKey { readonly id: number; name: string; readonly fingerprint: string; readonly public_key: string; labels: Labels; readonly created: string }

export interface Action {
  readonly id: number;
  readonly command: string;
  status: 'running' | 'success' | 'error';
  readonly started: number;
  finished: number | null;
  /** How long it takes, ms. */
  readonly duration: number;
  error: { readonly code: string; readonly message: string } | null;
  readonly resources: readonly { readonly id: number; readonly type: string }[];
}

export interface Server {
  readonly id: number;
  name: string;
  status: ServerStatus;
  type: ServerType;
  image: Image | null;
  readonly location: Location;
  readonly created: string;
  labels: Labels;
  readonly address: string;
  readonly ipv6: string;
  readonly ipv4Enabled: boolean;
  disk: number;
  /** An action that locks it is under way. */
  locked: boolean;
  protection: { readonly delete: boolean; readonly rebuild: boolean };
  readonly user_data: string;
  readonly ssh_keys: readonly SshKey[];
  /** It never answers, however long one waits. */
  readonly dead: boolean;
  readonly machine: BackedMachine | null;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly servers: Map<number, Server>;
  readonly sshKeys: Map<number, SshKey>;
  readonly actions: Map<number, Action>;
  /** Names of servers that are being made, which nobody else gets meanwhile. */
  readonly coming: Set<string>;
  /** How many servers it may have. */
  limit: number;
}

export interface Token { readonly value: string; readonly project: string; readonly access: 'read' | 'read_write'; revoked: boolean }

export interface State {
  readonly now: () => number;
  readonly projects: Map<string, Project>;
  readonly tokens: Map<string, Token>;
  readonly locations: readonly Location[];
  readonly types: ServerType[];
  readonly images: Map<number, Image>;
  readonly backing: Backing | null;
  ipv4: { hourly: string; monthly: string };
  snapshotGbMonth: string;
  vatPercent: string;
  /** The next id; one row for everything, as ids are only unique. */
  nextId: number;
  nextAddress: number;
  /** The next servers that never answer. */
  deadLeft: number;
}

export const newId = (state: State): number => state.nextId++;

/** Of the range for benchmarks (RFC 2544): nobody has them. */
export const newAddress = (state: State): string => { const n = state.nextAddress++; return `198.18.${Math.floor(n / 250) % 250}.${(n % 250) + 2}`; };

export const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, '+00:00');
