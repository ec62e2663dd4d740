import type { State } from './state.js';

export interface Asked { readonly state: State; readonly params: readonly string[]; readonly query: URLSearchParams; readonly body: unknown }
/** `list` is given out in pages. */
export interface Given { readonly status?: number; readonly body?: unknown; readonly list?: readonly unknown[] }
export interface Route { readonly method: string; readonly path: RegExp; handle(asked: Asked): Given }
