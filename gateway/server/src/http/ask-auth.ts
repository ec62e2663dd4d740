import { commandSubject, INSTALLATION, querySubject } from '@xanthus/proto';
import { Refused } from '../protocol/problem.js';
import type { HttpRequest } from './answer.js';
import { OWN_IDENTITY, type HttpContext } from './context.js';
import { payloadOf } from './payload.js';

/** Asks auth in the gateway's own name, for what comes before a log-in. @throws Refused */
export const run = async <T>(context: HttpContext, request: HttpRequest, to: string, input: object): Promise<T> => {
  const answer = await context.commands.run({ subject: to, payload: payloadOf(input), identity: OWN_IDENTITY, correlation_id: request.correlation_id });
  if ('problem' in answer) throw new Refused(answer.problem);
  return JSON.parse(answer.text) as T;
};

/** A command of the installation's own tenant. */
export const subject = (aggregate: string, id: string, verb: string): string => commandSubject({ tenant: INSTALLATION, service: 'auth', aggregate, id, verb });
export const question = (name: string, id = 'all'): string => querySubject({ tenant: INSTALLATION, service: 'auth', question: name, id });
