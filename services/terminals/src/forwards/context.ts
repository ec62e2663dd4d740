import type { BlockList } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Actor } from '@xanthus/proto';
import type { TerminalsContext } from '../terminals.context.js';
import type { OpenForwards } from './open-forwards.js';

/** A TCP connection from a server to an address. @throws Refusal SERVER.NOT_FOUND, SERVER.…, FORWARD.REFUSED */
export type Dial = (o: { readonly tenant: string; readonly server: string; readonly serverName: string; readonly address: string; readonly port: number; readonly actor: Actor }) => Promise<Duplex>;

export interface ForwardsContext extends TerminalsContext {
  readonly open: OpenForwards;
  /** What the operator allows beside the servers themselves. */
  readonly addresses: BlockList;
  readonly dial: Dial;
}
