import type { IncomingMessage } from 'node:http';
import { ACCESS_TOKEN_TTL } from '@xanthus/proto';
import type { device } from '@xanthus/proto/auth';
import type { z } from 'zod';
import type { Access, Authenticated } from '../access/access.js';
import { addressOf, fullAddressOf } from '../access/address.js';
import type { Origins } from '../access/origins.js';
import { refuse } from '../protocol/problem.js';

/** Holds the session's id and its refresh token; no script sees it, and only the log-in routes are sent it. */
export const COOKIE = 'xanthus_session';
const COOKIE_PATH = '/api/auth';
/** Holds the access token, for requests of our own pages that carry no bearer; no script sees it either. */
const ACCESS_COOKIE = 'xanthus_access';
/** Says that this device has logged in before; only the log-in routes are sent it. */
const DEVICE_COOKIE = 'xanthus_device';
/** Says to our own pages that there is a session to restore, and nothing else: a page without it asks for no refresh in vain. */
const HINT_COOKIE = 'xanthus_here';

/** By bearer token, or by cookie from a page of an allowed origin. @throws Refused AUTH_REQUIRED, AUTH_EXPIRED or DENIED */
export const callerOf = async (access: Access, origins: Origins, request: IncomingMessage): Promise<Authenticated> => {
  const bearer = bearerOf(request);
  if (bearer !== undefined) return access.authenticate(bearer);
  const cookie = accessCookie(request);
  if (cookie === undefined) return refuse('AUTH_REQUIRED');
  checkOrigin(origins, request, true);
  return access.authenticate(cookie);
};

export const bearerOf = (request: IncomingMessage): string | undefined => /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];

/** A page of a foreign origin may not act for whoever is logged in. Programs send no Origin and no cookie. */
export const checkOrigin = (origins: Origins, request: IncomingMessage, cookieUsed: boolean): void => {
  const { origin } = request.headers;
  if (origin !== undefined) {
    if (!origins.allows(origin)) refuse('DENIED', `Pages of ${origin.slice(0, 200)} may not use this server.`);
  } else if (cookieUsed && request.headers['sec-fetch-site'] !== 'same-origin') refuse('DENIED', 'A cookie counts only with an Origin.');
};

export interface RefreshCookie { readonly session: string; readonly token: string }

/** Undefined also where there are several: a neighbour below the same domain (an open port's page) may have put one of its own before ours, to let somebody act as somebody else. */
export const cookieNamed = (request: IncomingMessage, wanted: string): string | undefined => {
  const found = new Set<string>();
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, ...value] = part.trim().split('=');
    if (name === wanted) found.add(value.join('='));
  }
  return found.size === 1 ? [...found][0] : undefined;
};

export const readCookie = (request: IncomingMessage): RefreshCookie | undefined => {
  const [, session, token] = /^([0-9a-z]{26})\.([\w.~-]{1,256})$/.exec(cookieNamed(request, COOKIE) ?? '') ?? [];
  return session === undefined || token === undefined ? undefined : { session, token };
};

/** Never an API key: a key is for programs, and a cookie comes along unasked. */
export const accessCookie = (request: IncomingMessage): string | undefined => /^(?!xan_)[\w.-]{1,4096}$/.exec(cookieNamed(request, ACCESS_COOKIE) ?? '')?.[0];

const attributes = (path: string, secure: boolean, seconds: number): string => `Path=${path}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}; Max-Age=${seconds}`;

const hint = (secure: boolean, seconds: number): string => `${HINT_COOKIE}=1; ${attributes('/', secure, seconds).replace(' HttpOnly;', '')}`;

/** The cookies of a session. */
export const setCookies = (cookie: RefreshCookie, access: string, secure: boolean): string[] => [
  `${COOKIE}=${cookie.session}.${cookie.token}; ${attributes(COOKIE_PATH, secure, 30 * 86_400)}`,
  `${ACCESS_COOKIE}=${access}; ${attributes('/', secure, ACCESS_TOKEN_TTL)}`,
  hint(secure, 30 * 86_400),
];
export const clearCookies = (secure: boolean): string[] => [`${COOKIE}=; ${attributes(COOKIE_PATH, secure, 0)}`, `${ACCESS_COOKIE}=; ${attributes('/', secure, 0)}`, hint(secure, 0)];

/** For the record of a session and the back-off of guesses: where from, with what, and whether this device has logged in before. */
export const deviceOf = (request: IncomingMessage, proxies: ReadonlySet<string>): Device => {
  const token = /^[\w.~-]{1,512}$/.exec(cookieNamed(request, DEVICE_COOKIE) ?? '')?.[0];
  return {
    address: fullAddressOf(request, proxies), network: addressOf(request, proxies) ?? '', user_agent: (request.headers['user-agent'] ?? '').slice(0, 512), ...(token === undefined ? {} : { token }),
  };
};
export type Device = z.output<typeof device>;

/** Outlives the session: guesses from elsewhere do not keep the owner of an account out on a device that was logged in before. */
export const deviceCookie = (token: string, secure: boolean): string => `${DEVICE_COOKIE}=${token}; ${attributes(COOKIE_PATH, secure, 365 * 86_400)}`;
