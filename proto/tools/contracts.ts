/** The contracts as the generators want them. */
import { commandSubject, querySubject, signalSubject, viewKey } from '../src/subjects.js';
import type { CommandContract, EventContract, QueryContract, SignalContract, ViewContract } from '../src/contract.js';
import { SERVICES, type ServiceContracts } from '../src/services.js';

export const services: readonly (readonly [string, ServiceContracts])[] = Object.entries(SERVICES);
export const commandsOf = (s: ServiceContracts): readonly CommandContract[] => Object.values(s.commands);
export const queriesOf = (s: ServiceContracts): readonly QueryContract[] => Object.values(s.queries);
export const eventsOf = (s: ServiceContracts): readonly EventContract[] => Object.values(s.events);
export const signalsOf = (s: ServiceContracts): readonly SignalContract[] => Object.values(s.signals);
export const viewsOf = (s: ServiceContracts): readonly ViewContract[] => Object.values(s.views);

// Subjects are built by the one builder, with stand-ins that are then written as parameters.
const parameterised = (subject: string): string => subject.replace('.xx.', '.{tenant}.').replace(/^xx\./, '{tenant}.').replace(/\.0id0(?=\.|$)/, '.{id}');
const TENANT = 'xx';
const ID = '0id0';

/** `cmd.{tenant}.vps.server.{id}.rename` */
export const commandAddress = (c: CommandContract): string => parameterised(commandSubject({ tenant: TENANT, service: c.service, aggregate: c.aggregate, id: c.on === 'new' ? 'new' : ID, verb: c.verb }));
export const queryAddress = (q: QueryContract): string => parameterised(querySubject({ tenant: TENANT, service: q.service, question: q.question, id: q.on === 'all' ? 'all' : ID }));
export const eventAddress = (e: EventContract): string => `evt.{tenant}.${e.service}.${e.aggregate}.{id}`;
export const signalAddress = (s: SignalContract): string => parameterised(signalSubject({ tenant: TENANT, service: s.service, aggregate: s.aggregate, id: ID }, s.what));
export const viewAddress = (v: ViewContract): string => parameterised(viewKey(TENANT, v.view, ID));
export const viewQueryAddress = (v: ViewContract): string => `qry.{tenant}.${v.service}.view.${v.view}.{id}`;

export const commandName = (c: CommandContract): string => `${c.aggregate}.${c.verb}`;
