import type { Refusal } from '@xanthus/kernel';
import { HetznerRefused, say } from './hetzner.client.js';

/** What was asked for, in words for the refusal. */
export interface About { readonly what: string; readonly name?: string }

/** Hetzner's error codes in ours; https://docs.hetzner.cloud/#errors. Anything else passes. */
export const refusalOf = (error: unknown, about: About): unknown => (error instanceof HetznerRefused ? inOurWords(error, about) : error);

const inOurWords = ({ status, said, retryAt }: HetznerRefused, { what, name = what }: About): Refusal => {
  switch (said.code) {
    case 'unauthorized': return say.keyRefused();
    case 'token_readonly': return say.keyReadOnly();
    case 'resource_limit_exceeded': return say.quota(said.message);
    case 'resource_unavailable': case 'placement_error': return say.soldOut(name);
    case 'uniqueness_error': return say.nameTaken(name);
    case 'not_found': return say.notFound(what);
    case 'locked': case 'resource_locked': case 'conflict': return say.locked();
    case 'protected': return say.protected();
    case 'server_not_stopped': return say.wrongState('turn it off first.');
    case 'rate_limit_exceeded': return say.rateLimited(retryAt);
    default: break;
  }
  if (status === 401) return say.keyRefused();
  if (status === 404) return say.notFound(what);
  if (status === 429) return say.rateLimited(retryAt);
  if (status >= 500) return say.unavailable(`${said.code}: ${said.message}`);
  const fields = said.details?.fields?.map(f => f.name).join(', ');
  return say.invalid(`${said.message}${fields ? ` (${fields})` : ''}`, { code: said.code });
};
