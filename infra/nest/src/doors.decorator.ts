import { Controller } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { CommandContract, OutputOf, ParsedInputOf, QueryContract } from '@xanthus/proto';
import type { Call } from './call.js';
import { commandRoute, queryRoute, type DoorExtras } from './route.js';

export interface DoorOptions { /** Also for tenants' own NATS clients (`ext.`); true unless said otherwise. */ readonly external?: boolean }

type Contract = CommandContract | QueryContract;
type DoorMethod<C extends Contract> = (input: ParsedInputOf<C>, call: Call) => Promise<OutputOf<C>>;
type DoorDecorator<C extends Contract> = <M extends DoorMethod<C>>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>) => void;

/** A class of doors. List it under `controllers` of the service's module. */
export const Doors = (): ClassDecorator => Controller();

/** @internal */
export const door = <C extends Contract>(contract: C, route: string, options: DoorOptions): DoorDecorator<C> =>
  (target, key, descriptor) => {
    const extras: DoorExtras = { contract, external: options.external ?? true };
    // Nest hands only the payload to an undecorated method; the call is its context.
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    MessagePattern(route, extras)(target, key, descriptor as PropertyDescriptor);
  };

/** The method answers this command. It gets the parsed input and a proved, authorised call; it throws a `Refusal` to say no. */
export const CommandDoor = <C extends CommandContract>(contract: C, options: DoorOptions = {}): DoorDecorator<C> => door(contract, commandRoute(contract), options);

/** The method answers this query. */
export const QueryDoor = <C extends QueryContract>(contract: C, options: DoorOptions = {}): DoorDecorator<C> => door(contract, queryRoute(contract), options);
