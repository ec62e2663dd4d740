import { handle, newId, readWithSeq } from '@xanthus/kernel';
import type { Call } from '@xanthus/nest';
import { streamName, type OutputOf } from '@xanthus/proto';
import type { checkApplication } from '@xanthus/proto/applications';
import { applicationType } from '../application/application.decide.js';
import type { ApplicationsContext } from '../applications.context.js';
import { helmStatus } from '../cluster/helm.js';
import { inventory } from '../cluster/inventory.js';
import { findingsOf } from '../drift/findings.js';
import type { ProcessPorts } from '../running/ports.js';
import { currentRelease } from '../application/application.js';
import { addressWord, askAddress } from './addresses.js';
import { healthOf } from './health.js';
import { reach } from './reach.js';

const PATIENCE = 20_000;

/** The look of the next turn, at once: how it is, and whether its objects are those of its release. @throws Refusal CLUSTER.… */
export const checkNow = async (on: ApplicationsContext, ask: ProcessPorts['ask'], call: Call): Promise<OutputOf<typeof checkApplication>> => {
  const reached = await reach(on, call, { reason: 'look at an application', act: call.actor });
  const { state, sealed, whose, mask } = reached;
  // What is under way tells by itself how it goes.
  if (state.work === null) {
    const cluster = await reached.cluster();
    const limits = { signal: call.signal, timeout_ms: PATIENCE };
    const check = sealed?.entry.health_checks.address ?? null;
    const hosts = [state.host, ...(currentRelease(state)?.exposures ?? []).map(e => e.host)].filter(h => h !== null);
    const [helm, found, answers, findings] = await Promise.all([
      helmStatus(cluster, whose, limits), inventory(cluster, whose, limits), check === null || cluster.facts.simulated ? [] : Promise.all(hosts.map(host => askAddress(ask, host, check, call.signal))), findingsOf(cluster, whose, { mask, scaled: state.scaled }, limits),
    ]);
    const { health, sentence, pods } = healthOf(helm, found);
    // Two records of one command: each under an id of its own, or the second counted as a repetition.
    const as = () => ({ ...call.context(), command_id: newId(), actor: { kind: 'service', id: 'applications' } as const });
    await handle(on, applicationType, as(), { type: 'Observe', health, sentence: mask(sentence), pods, address: addressWord(answers) });
    await handle(on, applicationType, as(), { type: 'NoteDrift', findings });
  }
  return { id: call.id, stream: streamName('applications'), seq: (await readWithSeq(on, applicationType, call.tenant, call.id)).seq };
};
