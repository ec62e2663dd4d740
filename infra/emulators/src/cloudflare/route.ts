import { noRoute, zoneFor } from './access.js';
import { refuse, type Answer } from './answer.js';
import type { Permission } from './permissions.js';
import type { State, Token, Zone } from './state.js';

/** One request as a route sees it, the token already checked. */
export interface Call {
  readonly state: State;
  readonly token: Token;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
}

export interface Route { readonly method: string; readonly pattern: string; readonly handle: (call: Call) => Answer | Promise<Answer> }

const shapeOf = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/:[a-z]+/g, name => `(?<${name.slice(1)}>[^/]+)`)}$`);

/** The route of a request, parameters decoded; 7003 where the API has none. */
export const routeOf = (routes: readonly Route[]): ((method: string, path: string) => { readonly route: Route; readonly params: Record<string, string> }) => {
  const table = routes.map(route => ({ route, shape: shapeOf(route.pattern) }));
  return (method, path) => {
    for (const { route, shape } of table) {
      const match = route.method === method ? shape.exec(path) : null;
      if (match) return { route, params: Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])) };
    }
    return noRoute(`/client/v4${path}`);
  };
};

/** A parameter that the pattern of the route has. */
export const param = (call: Call, name: string): string => {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the pattern of this route has no :${name}`);
  return value;
};

/** The body as JSON, whatever it holds. */
export const jsonBody = (call: Call): Record<string, unknown> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(call.body.toString('utf8'));
  } catch {
    return refuse(400, 9207, 'Request body is invalid.');
  }
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : refuse(400, 9207, 'Request body is invalid.');
};

/** The zone of a product's path, for a token that holds the right there. */
export const productZone = (call: Call, right: Permission): Zone => zoneFor(call.state, call.token, param(call, 'zone'), right, `/client/v4${call.path}`);
