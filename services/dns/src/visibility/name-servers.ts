/** Asks name servers directly, each for itself. What they cannot be asked for, or do not answer, is no answer: never a guess. */
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { RecordType } from '../records/record.js';

/** ms */
const PATIENCE = 2_000;
/** What says that there is nothing; everything else says nothing. */
const NONE = new Set(['ENODATA', 'ENOTFOUND']);

/** Of one name server, values as `answerOf` has them; undefined: it did not answer, or could not. */
export type Answer = readonly string[] | undefined;
export interface NameServers {
  /** One for each that is asked. */
  ask(name: string, type: RecordType): Promise<readonly Answer[]>;
  readonly asked: readonly string[];
}

/** @param servers names, or addresses with or without a port @param mayAsk whether an address that a name led to may be asked */
export const nameServers = async (servers: readonly string[], mayAsk: (address: string) => boolean, { patience = PATIENCE }: { readonly patience?: number } = {}): Promise<NameServers | undefined> => {
  const found = await Promise.all(servers.map(async (server): Promise<string[]> => {
    if (isIP(server) !== 0 || /^(?:\d+\.){3}\d+:\d+$|^\[.*\]:\d+$/.test(server)) return [server];
    const addresses = await lookup(server, { all: true, family: 4 }).catch(() => []);
    return addresses.map(a => a.address).filter(mayAsk).slice(0, 1);
  }));
  const asked = [...new Set(found.flat())];
  if (asked.length === 0) return undefined;
  const resolvers = asked.map((address) => {
    const resolver = new Resolver({ timeout: patience, tries: 2 });
    resolver.setServers([address]);
    return resolver;
  });
  return { asked, ask: (name, type) => Promise.all(resolvers.map(resolver => answer(resolver, name, type).catch((error: { code?: string }) => (NONE.has(error.code ?? '') ? [] : undefined)))) };
};

const bare = (name: string): string => name.replace(/\.$/, '').toLowerCase();
const answer = async (resolver: Resolver, name: string, type: RecordType): Promise<string[]> => {
  switch (type) {
    case 'A': return resolver.resolve4(name);
    case 'AAAA': return resolver.resolve6(name);
    case 'CNAME': return (await resolver.resolveCname(name)).map(bare);
    case 'NS': return (await resolver.resolveNs(name)).map(bare);
    case 'TXT': return (await resolver.resolveTxt(name)).map(strings => strings.join(''));
    case 'MX': return (await resolver.resolveMx(name)).map(r => `${r.priority} ${bare(r.exchange)}`);
    case 'SRV': return (await resolver.resolveSrv(name)).map(r => `${r.priority} ${r.weight} ${r.port} ${bare(r.name)}`);
    case 'CAA': return (await resolver.resolveCaa(name)).map(r => { const tag = Object.keys(r).find(k => k !== 'critical' && k !== 'type') ?? ''; return `${r.critical} ${tag} ${(r as unknown as Record<string, unknown>)[tag] as string}`; });
  }
};
