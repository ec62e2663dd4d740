import { identityOf } from '../access/identity-of.js';
import { encodeReplyText } from '../protocol/encode.js';
import { problem, refuse } from '../protocol/problem.js';
import { familyOf } from '../upstream/families.js';
import { authorize, limit, type FrameOf, type GatewayContext, type LiveConnection } from './context.js';

/** Answers that a connection may wait for at once. */
const IN_FLIGHT = 256;

/** `cmd.…` and `qry.…` targets: checked here, then a request to the service that answers. */
export const command = async (context: GatewayContext, connection: LiveConnection, frame: FrameOf<'cmd'>): Promise<void> => {
  const { principal } = connection;
  const { target, inbox } = frame;
  if (!/^(?:cmd|qry)(?:\.[a-z0-9-]+){3,5}$/.test(target)) refuse('BAD_FRAME', 'A command goes to cmd.<tenant>.… or qry.<tenant>.…, without wildcards.');
  authorize(context, principal, { what: 'command', subject: target });
  const exceeded = context.hub.quotas.command(principal);
  if (exceeded !== undefined) limit(context, 'RATE_LIMITED', exceeded);
  if (connection.commands >= IN_FLIGHT) limit(context, 'RATE_LIMITED', { limit: 'commands_at_once', max: IN_FLIGHT });
  if (principal.kind === 'credential') context.access.keyUsed(principal.tenant, principal.id);
  connection.commands++;
  const started = performance.now();
  try {
    const answer = await context.commands.run({
      subject: target, payload: JSON.stringify(frame.data ?? {}), idempotency_key: frame.idempotency_key, expected_seq: frame.expected_seq?.toString(),
      identity: identityOf({ ...principal, proved_until: context.access.provedUntil(principal.session) }),
    });
    context.metrics.command(familyOf(target), 'problem' in answer ? answer.problem.code : 'ok', performance.now() - started);
    if (!connection.open) return;
    if ('text' in answer) connection.outbox.push(encodeReplyText(inbox, target, answer.text));
    else connection.refuse(answer.problem, { inbox, target });
  } catch (error) {
    context.log.error({ err: error, target, connection: connection.id }, 'a command failed in the gateway');
    if (connection.open) connection.refuse(problem('INTERNAL'), { inbox, target });
  } finally {
    connection.commands--;
  }
};
