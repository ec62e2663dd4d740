/** Servers as vps would have written them into its stream. */
import type { NatsConnection } from '@nats-io/transport-node';
import { buildEnvelope, newId, type CommandContext } from '@xanthus/kernel';
import { eventSubject, type Actor } from '@xanthus/proto';
import { serverEvents } from '@xanthus/proto/vps';

const ACTOR: Actor = { kind: 'system', id: 'bench' };
const { ServerAdopted, ServerBecameReachable, ServerFactsObserved } = serverEvents;

/** Subject and body of one event. */
export const eventOf = (tenant: string, id: string, type: string, data: unknown): [string, string] => {
  const ref = { tenant, service: 'vps', aggregate: 'server', id };
  const context: CommandContext = { tenant, id, actor: ACTOR, now: new Date().toISOString(), command_id: newId(), correlation_id: newId() };
  return [eventSubject(ref), JSON.stringify(buildEnvelope(ref, { event: { type, data }, schema: 1 }, context))];
};

/** Answers the last sequence. The events of servers as vps writes them: adopted, reached, asked what they are. Their credential is not there, so each try to reach one ends before it begins. */
export const writeServers = async (nc: NatsConnection, tenants: readonly string[], count: number): Promise<number> => {
  let last = 0;
  const send = async (messages: readonly [string, string][]): Promise<void> => {
    const acks = await Promise.all(messages.map(([subject, body]) => nc.request(subject, body, { timeout: 20_000 })));
    for (const ack of acks) {
      const { seq = 0, error } = ack.json<{ seq?: number; error?: { description: string } }>();
      if (error) throw new Error(error.description);
      last = Math.max(last, seq);
    }
  };
  let batch: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const tenant = tenants[i % tenants.length] ?? '';
    const id = newId();
    const place = { ...ServerAdopted.example, name: `web-${i}`, host: `192.0.2.${i % 250 + 1}`, credential: { kind: 'private_key' as const, secret: `server-${id}` } };
    batch.push(eventOf(tenant, id, 'ServerAdopted', place), eventOf(tenant, id, 'ServerBecameReachable', ServerBecameReachable.example), eventOf(tenant, id, 'ServerFactsObserved', ServerFactsObserved.example));
    if (batch.length >= 600) {
      await send(batch);
      batch = [];
    }
  }
  await send(batch);
  return last;
};
