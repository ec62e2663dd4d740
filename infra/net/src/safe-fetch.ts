import { Refusal } from '@xanthus/kernel';
import { Agent, buildConnector, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici';
import { addressKind, isConfigured, resolveAddresses, type AddressPolicy, type Lookup } from './address.js';

export interface SafeFetchOptions {
  /** Asked at every new connection, so that a change of the configuration counts at once. */
  readonly policy: AddressPolicy | (() => AddressPolicy | Promise<AddressPolicy>);
  /** Milliseconds until connected (TLS included), until the head of the answer, and for the whole. Presets: 5, 15 and 30 s. */
  readonly timeouts?: { readonly connect?: number; readonly head?: number; readonly total?: number };
  /** Bytes of an answer; more is an error. Preset: 8 MiB. */
  readonly maxAnswer?: number;
  /** How many redirects of a GET are followed, each to a target that is checked like the first; credentials are not taken to another origin. `tell`: the answer is handed back as it is. Preset: 0, and such an answer is an error. */
  readonly redirects?: number | 'tell';
  readonly lookup?: Lookup;
}

export interface SafeFetch {
  (url: string | URL, init?: RequestInit): Promise<Response>;
  /** Ends connections that are kept alive. */
  close(): Promise<void>;
}

/** Why a call did not even reach its target, or not in time. Never names credentials, nor the query of the address. */
export class FetchError extends Refusal {
  constructor(override readonly code: 'TARGET.INVALID' | 'TARGET.REDIRECTED' | 'TARGET.TIMEOUT' | 'TARGET.UNREACHABLE', message: string, override readonly cause?: unknown) {
    super(code, message, undefined, code === 'TARGET.TIMEOUT' || code === 'TARGET.UNREACHABLE');
  }
}

/**
 * `fetch` for every target outside: the name is resolved once and that address connected to; loopback, link-local, metadata and private ranges are refused
 * unless the policy allows them. Only https, except to what the operator allows. Redirects are not followed unless asked for: they name a new target.
 * @throws FetchError, AddressError; an answer of any status is no error
 */
export const createSafeFetch = (options: SafeFetchOptions): SafeFetch => {
  const { connect = 5_000, head = 15_000, total = 30_000 } = options.timeouts ?? {};
  const policyNow = async (): Promise<AddressPolicy> => typeof options.policy === 'function' ? await options.policy() : options.policy;
  const dial = buildConnector({ timeout: connect });
  const agent = new Agent({
    headersTimeout: head, bodyTimeout: head, maxResponseSize: options.maxAnswer ?? 8 * 1024 * 1024,
    connect: (target, answer) => {
      const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
      const checked = async (): Promise<readonly string[]> => {
        const host = unbracketed(target.hostname);
        const policy = await policyNow();
        const addresses = await resolveAddresses(host, port, policy, options.lookup);
        const readable = target.protocol === 'http:' && !isTrusted(policy, host, port) && addresses.some(address => addressKind(address) === 'public');
        if (readable) throw plainHttp(host);
        return addresses;
      };
      void checked().then(addresses => tryEach(dial, target, addresses, answer), (error: unknown) => answer(error as Error, null));
    },
  });

  const call = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    let target = checkedUrl(url, await policyNow());
    let sent = await plainBody(init);
    const late = AbortSignal.timeout(total);
    const signal = init.signal ? AbortSignal.any([init.signal, late]) : late;
    const where = `${target.host}${target.pathname}`;
    try {
      for (let hops = 0; ; hops++) {
        const answer = await undiciFetch(target, { ...sent, signal, redirect: 'manual', dispatcher: agent } as UndiciInit);
        const location = answer.headers.get('location');
        if (answer.status < 300 || answer.status >= 400 || location === null || options.redirects === 'tell') return answer as unknown as Response;
        await answer.body?.cancel();
        const follows = hops < (options.redirects ?? 0) && (init.method ?? 'GET') === 'GET' && URL.canParse(location, target.href);
        if (!follows) throw new FetchError('TARGET.REDIRECTED', `${where} answers with a redirect to ${originOf(location, target)}, which is not followed. Give the final address.`);
        const next = checkedUrl(new URL(location, target), await policyNow());
        if (next.origin !== target.origin) sent = { ...sent, headers: withoutCredentials(sent.headers) };
        target = next;
      }
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw said(error, where, late.aborted);
    }
  };
  return Object.assign(call, { close: () => agent.destroy() });
};

const withoutCredentials = (headers: RequestInit['headers']): [string, string][] => [...new Headers(headers).entries()].filter(([name]) => !['authorization', 'cookie', 'proxy-authorization'].includes(name));

const unbracketed = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** The next address when one can't be reached, as browsers do; all were checked. */
const tryEach = (dial: buildConnector.connector, target: buildConnector.Options, addresses: readonly string[], answer: buildConnector.Callback): void => {
  const [first, ...rest] = addresses;
  dial({ ...target, hostname: first ?? '' }, (...result) => {
    if (result[0] && rest.length > 0) tryEach(dial, target, rest, answer);
    else answer(...result);
  });
};

const checkedUrl = (url: string | URL, policy: AddressPolicy): URL => {
  if (!URL.canParse(String(url))) throw new FetchError('TARGET.INVALID', 'That is no address. Give one as https://name/path.');
  const target = new URL(url);
  const host = unbracketed(target.hostname);
  const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
  if (target.username !== '' || target.password !== '') throw new FetchError('TARGET.INVALID', `The address of ${target.host} carries a user or password; give credentials apart from it.`);
  if (target.protocol === 'https:') return target;
  if (target.protocol !== 'http:') throw new FetchError('TARGET.INVALID', `${target.protocol}// is not called; give an https address.`);
  // whether a name leads to what the operator allows is seen when it is resolved
  if (policy.allow.length > 0 || isTrusted(policy, host, port)) return target;
  throw plainHttp(target.host);
};

const isTrusted = (policy: AddressPolicy, host: string, port: number): boolean => isConfigured(policy, host, port) || (policy.endpoints?.some(e => e.host === host && e.port === port) ?? false);
const plainHttp = (host: string): FetchError => new FetchError('TARGET.INVALID', `${host} is given with http, which anybody on the way can read. Give an https address.`);

/** Forms and streams of Node's own kind are not those of the library that sends them: bytes are. */
const plainBody = async (init: RequestInit): Promise<RequestInit> => {
  const { body } = init;
  if (body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array) return init;
  const read = new Response(body as ConstructorParameters<typeof Response>[0]);
  const headers = new Headers(init.headers);
  const type = read.headers.get('content-type');
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  return { ...init, body: new Uint8Array(await read.arrayBuffer()), headers: [...headers.entries()] };
};

const originOf = (location: string | null, base: URL): string => location !== null && URL.canParse(location, base.href) ? new URL(location, base).origin : 'somewhere';

const said = (error: unknown, where: string, late: boolean): unknown => {
  const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof Refusal) return cause;
  const { code, name, message } = cause as { code?: string; name?: string; message?: string };
  if (late || name === 'TimeoutError' || /TIMEOUT|TIMEDOUT/.test(code ?? '')) return new FetchError('TARGET.TIMEOUT', `${where} did not answer in time. Is it reachable from here?`, cause);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new FetchError('TARGET.INVALID', `${where} answers with more than is read.`, cause);
  return new FetchError('TARGET.UNREACHABLE', `${where} can't be reached (${code ?? message ?? 'no reason given'}).`, cause);
};

