/** Everything that cloudflare asks of Xanthus and has done there. */
import type { Client, Subscription } from '@xanthus/client';
import type { InputOf, OutputOf } from '@xanthus/proto';
import * as contracts from '../contracts.js';
import { onNew } from '../lib/act.js';

export type LinkInput = InputOf<typeof contracts.linkCloudflare>;
export type LinkOutput = OutputOf<typeof contracts.linkCloudflare>;
export const linkCloudflare = onNew(contracts.linkCloudflare);

/** What linking says while it runs; undefined for who may not hear it. */
export const linkSignals = (client: Client, id: string, onSignal: (payload: unknown) => void): Subscription | undefined => {
  const subject = `sig.${client.tenant}.auth.cloudflare-account.${id}.step`;
  return client.can({ what: 'subject', subject }) ? client.subject(subject, ({ payload }) => onSignal(payload)) : undefined;
};
