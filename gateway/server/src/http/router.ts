import type { Handler } from './answer.js';

export interface Route {
  readonly method: string;
  /** `/api/vps/:id/rename` */
  readonly path: string;
  readonly handler: Handler;
}

export interface Match { readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** A literal segment wins over `:name`, so `/api/vps/sandbox` is never taken for an id. `methods`: the path exists, the method does not. */
export const router = (routes: readonly Route[]): ((method: string, path: string) => Match | { readonly methods: readonly string[] } | undefined) => {
  const table = routes.map(route => ({ route, segments: segmentsOf(route.path) }))
    .sort((a, b) => wildness(a.segments) - wildness(b.segments));
  return (method, path) => {
    const given = segmentsOf(path);
    const methods = new Set<string>();
    for (const { route, segments } of table) {
      const params = fit(segments, given);
      if (params === undefined) continue;
      if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, params };
      methods.add(route.method);
    }
    return methods.size === 0 ? undefined : { methods: [...methods] };
  };
};

const segmentsOf = (path: string): string[] => path.split('/').slice(1);
const wildness = (segments: readonly string[]): number => segments.filter(s => s.startsWith(':')).length;

const fit = (segments: readonly string[], given: readonly string[]): Record<string, string> | undefined => {
  if (segments.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const value = given[i] ?? '';
    if (segment.startsWith(':')) {
      if (value === '') return undefined;
      params[segment.slice(1)] = value;
    } else if (segment !== value) return undefined;
  }
  return params;
};
