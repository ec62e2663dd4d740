/** The one authorisation of a service's doors: who is it, and may they. Default deny. */
import type { MsgHdrs } from '@nats-io/transport-node';
import { contains, HEADERS, INSTALLATION, insideSubject, isPattern, parseCommandSubject, parseQuerySubject, SERVICE_RIGHTS, type Actor, type IdentityClaims } from '@xanthus/proto';
import { z } from 'zod';
import type { Caller } from './call.js';
import type { CapabilityMirror } from './capability-mirror.js';
import type { IdentityVerifier } from './identity-verifier.js';
import { refuse } from './problem.js';

export type Rights = Pick<CapabilityMirror, 'allows' | 'byNkey' | 'current'>;

export interface Target {
  readonly kind: 'command' | 'query';
  /** The form inside, on which rights are checked. */
  readonly subject: string;
  readonly external: boolean;
  readonly tenant: string;
  readonly service: string;
  readonly id: string;
  /** Key of the door that answers. */
  readonly route: string;
}

export const readTarget = (subject: string): Target | undefined => {
  const inside = insideSubject(subject);
  const command = parseCommandSubject(subject);
  if (command !== undefined) {
    const on = command.id === 'new' ? 'new' : 'id';
    return { kind: 'command', subject: inside.subject, external: inside.external, tenant: command.tenant, service: command.service, id: command.id, route: `cmd ${command.aggregate} ${on} ${command.verb}` };
  }
  const query = parseQuerySubject(subject);
  if (query === undefined) return undefined;
  const question = query.view === undefined ? query.question : `${query.question}/${query.view}`;
  const on = query.id === 'all' ? 'all' : 'id';
  return { kind: 'query', subject: inside.subject, external: inside.external, tenant: query.tenant, service: query.service, id: query.id, route: `qry ${question} ${on}` };
};

/** What nats-server says of a client of another account. */
const requestInfo = z.object({ acc: z.string().min(1), user: z.string().min(1) });

/** @throws Refusal AUTH_REQUIRED, DENIED, UNAVAILABLE; IdentityError */
export const identify = (target: Target, headers: MsgHdrs | undefined, verifier: IdentityVerifier, rights: Rights): Caller =>
  target.external ? fromOutside(target, headers, rights) : fromInside(headers, verifier);

/**
 * `ext.`: only the header that nats-server itself wrote counts, in its exact case and exactly once; the server overwrites what a
 * client sent under that name. `Xanthus-Identity` is not even looked at: a token stolen inside is worth nothing out there.
 */
const fromOutside = (target: Target, headers: MsgHdrs | undefined, rights: Rights): Caller => {
  const values = headers?.values(HEADERS.REQUEST_INFO) ?? [];
  const value = values[0];
  if (values.length !== 1 || value === undefined) throw refuse('DENIED');
  const info = readInfo(value);
  if (info === undefined) throw refuse('DENIED');
  if (!rights.current()) throw refuse('UNAVAILABLE');
  const document = rights.byNkey(target.tenant, info.user);
  if (document === undefined || document.principal.kind !== 'credential') throw refuse('DENIED');
  return { kind: 'credential', id: document.principal.id, tenant: target.tenant };
};

const readInfo = (value: string): z.infer<typeof requestInfo> | undefined => {
  try {
    return requestInfo.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
};

const fromInside = (headers: MsgHdrs | undefined, verifier: IdentityVerifier): Caller => {
  const values = headers?.values(HEADERS.IDENTITY) ?? [];
  const token = values[0];
  if (values.length !== 1 || token === undefined || token === '') throw refuse('AUTH_REQUIRED', 'This request carries no identity.');
  return callerOf(verifier.verify(token));
};

const callerOf = (claims: IdentityClaims): Caller => {
  const service = claims.iss.slice('service:'.length);
  return {
    kind: claims.kind,
    id: claims.kind === 'service' ? service : claims.sub,
    tenant: claims.tenant,
    service,
    ...(claims.sid === undefined ? {} : { session: claims.sid }),
    ...(claims.act === undefined ? {} : { act: claims.act }),
    ...(claims.seal === undefined ? {} : { seal: claims.seal }),
    ...(claims.proved_until === undefined ? {} : { proved_until: claims.proved_until }),
  };
};

/**
 * A service may ask what the table in `proto` says, whoever caused it. A person or credential may ask what its document contains, in its
 * own tenant; of the installation's tenant only what the document names. @throws Refusal DENIED, UNAVAILABLE
 */
export const authorise = (caller: Caller, target: Target, rights: Rights): void => {
  if (!isPattern(target.subject) || /[*>]/.test(target.subject)) throw denied(target);
  if (caller.kind === 'service') {
    const granted = Object.hasOwn(SERVICE_RIGHTS, caller.id) ? SERVICE_RIGHTS[caller.id] : undefined;
    if (granted?.some(pattern => contains(pattern, target.subject)) === true) return;
    throw denied(target);
  }
  if (target.tenant !== caller.tenant && target.tenant !== INSTALLATION) throw denied(target);
  if (!rights.current()) throw refuse('UNAVAILABLE', 'Rights cannot be checked now; try again.');
  if (!rights.allows(caller.tenant, caller.id, { what: 'command', subject: target.subject })) throw denied(target);
};

const denied = (target: Target): Error => refuse('DENIED', `No right to ${target.subject}.`, { subject: target.subject });

/**
 * For a contract with `sudo`: a person must have proved who they are a short while ago; services may, what cannot prove anything may not.
 * @throws Refusal DENIED, AUTH.PROOF_NEEDED
 */
export const requireProof = (caller: Caller, now: number): void => {
  if (caller.kind === 'service') return;
  if (caller.kind !== 'person') throw refuse('DENIED', 'This asks for a fresh proof of who one is, which a credential or API key cannot give; let a person do it.');
  if (caller.proved_until === undefined || caller.proved_until * 1_000 <= now) throw refuse('AUTH.PROOF_NEEDED', undefined, { methods: ['password', 'code'] });
};

/** For a contract with `services`: a role's wide pattern (`cmd.<tenant>.dns.>`) does not reach it. @throws Refusal DENIED */
export const requireService = (caller: Caller, target: Target): void => {
  if (caller.kind !== 'service') throw denied(target);
};

/** Who stands in the event: the person where a service acts for one, with the service as `via`. */
export const actorOf = (caller: Caller): Actor => {
  if (caller.kind !== 'service') return { kind: caller.kind, id: caller.id, ...(caller.session === undefined ? {} : { session: caller.session }) };
  if (caller.act !== undefined) return { kind: caller.act.kind, id: caller.act.id, via: caller.id };
  return { kind: 'service', id: caller.id };
};
