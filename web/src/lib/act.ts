/**
 * Commands and questions as functions, for the data files of the features: `renameServer(client, id, { name })`. Each carries the address of its
 * contract, so that the right to it is asked with the same name: `useCan(maySend(tenant, renameServer, id))`.
 */
import type { AskOptions, Client, CommandOptions } from '@xanthus/client';
import type { CommandContract, InputOf, OutputOf, QueryContract } from '@xanthus/proto';

type Of<C extends CommandContract> = Pick<C, 'service' | 'aggregate' | 'verb' | 'on'>;
const addressOf = <C extends CommandContract>({ service, aggregate, verb, on }: C): Of<C> => ({ service, aggregate, verb, on });

export type NewAct<C extends CommandContract> = Of<C> & ((client: Client, input: InputOf<C>, options?: CommandOptions) => Promise<OutputOf<C>>);
export type ThingAct<C extends CommandContract> = Of<C> & ((client: Client, id: string, input: InputOf<C>, options?: CommandOptions) => Promise<OutputOf<C>>);
export type Question<C extends QueryContract> = Pick<C, 'service' | 'question'> & ((client: Client, input: InputOf<C>, id?: string, options?: AskOptions) => Promise<OutputOf<C>>);

/** What makes something new. */
// @__NO_SIDE_EFFECTS__
export const onNew = <C extends CommandContract>(contract: C): NewAct<C> =>
  Object.assign((client: Client, input: InputOf<C>, options: CommandOptions = {}) => client.command(contract, input, options), addressOf(contract));

/** What is done to one thing. */
// @__NO_SIDE_EFFECTS__
export const onThing = <C extends CommandContract>(contract: C): ThingAct<C> =>
  Object.assign((client: Client, id: string, input: InputOf<C>, options: CommandOptions = {}) => client.command(contract, input, { ...options, id }), addressOf(contract));

/** What is asked and changes nothing. */
// @__NO_SIDE_EFFECTS__
export const asking = <C extends QueryContract>(contract: C): Question<C> =>
  Object.assign((client: Client, input: InputOf<C>, id?: string, options: AskOptions = {}) => client.query(contract, input, id === undefined ? options : { ...options, id }),
    { service: contract.service, question: contract.question });
