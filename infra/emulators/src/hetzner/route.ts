import type { Answer } from './answer.js';
import type { Actions } from './actions.js';
import { CONTRACTS, type Contract } from './contract.js';
import type { Project, State } from './state.js';

/** One request as a route sees it: the token is good, parameters and body are what the document allows. */
export interface Call {
  readonly state: State;
  readonly project: Project;
  readonly actions: Actions;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** An object, or undefined where none is taken. */
  readonly body: unknown;
}

/** `path` as the document writes it, e.g. `/servers/{id}`. */
export interface Route { readonly method: 'get' | 'post' | 'put' | 'delete'; readonly path: string; readonly handle: (call: Call) => Answer | Promise<Answer> }

export interface Found { readonly route: Route; readonly contract: Contract; readonly params: Readonly<Record<string, string>> }

const contractOf = ({ method, path }: Route): Contract => {
  const contract = CONTRACTS.get(`${method} ${path}`);
  if (contract === undefined) throw new Error(`the document has no ${method} ${path}: cut it anew with this route`);
  return contract;
};

/** undefined: no such path. `other`: there is, with another method. */
export const routeOf = (routes: readonly Route[]): ((method: string, path: string) => Found | 'other' | undefined) => {
  const table = routes.map(route => ({ route, contract: contractOf(route), shape: new RegExp(`^${route.path.replace(/\{([a-z_]+)\}/g, '(?<$1>[^/]+)')}$`) }));
  return (method, path) => {
    let other = false;
    for (const { route, contract, shape } of table) {
      const match = shape.exec(path);
      if (!match) continue;
      if (route.method === method.toLowerCase()) return { route, contract, params: { ...match.groups } };
      other = true;
    }
    return other ? 'other' : undefined;
  };
};

/** The id in the path; the document lets only whole numbers pass. */
export const idOf = (call: Call, name = 'id'): number => Number(call.params[name]);
