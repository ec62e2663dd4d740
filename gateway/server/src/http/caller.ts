import type { IncomingMessage } from 'node:http';
import type { Access, Authenticated } from '../access/access.js';
import type { Origins } from '../access/origins.js';
import { refuse } from '../protocol/problem.js';

/** Holds the session's id and its refresh token; no script sees it. */
export const COOKIE = 'xanthus_session';
const COOKIE_PATH = '/api/auth';

/** @throws Refused AUTH_REQUIRED or AUTH_EXPIRED */
export const callerOf = (access: Access, request: IncomingMessage): Promise<Authenticated> => {
  const token = bearerOf(request);
  return token === undefined ? Promise.reject(refusal()) : access.authenticate(token);
};

export const bearerOf = (request: IncomingMessage): string | undefined => /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(request.headers.authorization ?? '')?.[1];

const refusal = (): unknown => {
  try {
    return refuse('AUTH_REQUIRED');
  } catch (error) {
    return error;
  }
};

/** A page of a foreign origin may not act for whoever is logged in. Programs send no Origin and no cookie. */
export const checkOrigin = (origins: Origins, request: IncomingMessage, cookieUsed: boolean): void => {
  const { origin } = request.headers;
  if (origin !== undefined) {
    if (!origins.allows(origin)) refuse('DENIED', `Pages of ${origin.slice(0, 200)} may not use this server.`);
  } else if (cookieUsed && request.headers['sec-fetch-site'] !== 'same-origin') refuse('DENIED', 'A cookie counts only with an Origin.');
};

export interface RefreshCookie { readonly session: string; readonly token: string }

export const readCookie = (request: IncomingMessage): RefreshCookie | undefined => {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, ...value] = part.trim().split('=');
    if (name !== COOKIE) continue;
    const found = /^([0-9a-z]{26})\.([\w.~-]{1,256})$/.exec(value.join('='));
    if (found?.[1] !== undefined && found[2] !== undefined) return { session: found[1], token: found[2] };
  }
  return undefined;
};

const attributes = (secure: boolean): string => `Path=${COOKIE_PATH}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
export const setCookie = (cookie: RefreshCookie, secure: boolean): string => `${COOKIE}=${cookie.session}.${cookie.token}; ${attributes(secure)}; Max-Age=${30 * 86_400}`;
export const clearCookie = (secure: boolean): string => `${COOKIE}=; ${attributes(secure)}; Max-Age=0`;

/** For the record of a session: where from and with what. */
export const deviceOf = (request: IncomingMessage): { address: string; user_agent: string } => ({
  address: (request.socket.remoteAddress ?? '').slice(0, 64),
  user_agent: (request.headers['user-agent'] ?? '').slice(0, 512),
});
