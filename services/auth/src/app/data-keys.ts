/** Rotation of the keys that encrypt secrets, while everything goes on. What is half done stands in the records of the keys themselves, so a crash is finished by the next round. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@xanthus/jetstream';
import { newId, Refusal, type CommandContext } from '@xanthus/kernel';
import { INSTALLATION, type OutputOf } from '@xanthus/proto';
import type { keyRings, rotateMasterKey } from '@xanthus/proto/auth';
import { addKey, askToRenew, dropOldKeys, eraseLeft, KEEP, KEYS_BUCKET, listRings, rewrap, rewrapRoots, type MasterKeys, type RingInfo } from '@xanthus/vault';
import { keyRing, masterKey } from '../domain/keys.js';
import type { Handle } from './handle.js';

/** A service may have an older key in memory for this long, and a write under way a little longer, ms. */
const RETIRE_AFTER = KEEP + 2 * 60_000;
/** A data key is replaced by itself after a year, ms. */
export const KEY_LIFE = 365 * 86_400_000;
/** One request to re-wrap works no longer than this, ms; whoever asked asks again. */
const REWRAP_BUDGET = 20_000;
const AT_ONCE = 8;

export interface DataKeysDeps { readonly nc: NatsConnection; readonly masters: MasterKeys; readonly handle: Handle; readonly log: Logger; /** ms; specs need not wait. */ readonly retireAfter?: number; readonly keyLife?: number }

const newest = (ring: RingInfo) => ring.numbers.at(-1) ?? { number: 1, made_at: new Date(0).toISOString() };

const systemContext = ({ tenant, service }: RingInfo): CommandContext => ({
  tenant, id: service, actor: { kind: 'system', id: 'key-rotation' }, now: new Date().toISOString(), command_id: newId(), correlation_id: newId(),
});

export class DataKeyRotation {
  constructor(private readonly deps: DataKeysDeps) {}

  /**
   * @param which a service, or `all`
   * @param further also where a ring still moves: then everything that is stored now will be under a key that goes
   * @throws Refusal KEY.NOT_FOUND, KEY.DESTROYED
   */
  async rotate(context: CommandContext, which: string, further = false): Promise<{ rotated: { service: string; number: number }[] }> {
    const { nc, masters, handle } = this.deps;
    const rings = (await listRings(nc, context.tenant)).filter(ring => which === 'all' || ring.service === which);
    if (rings.length === 0) throw new Refusal('KEY.NOT_FOUND', `No data key of ${context.tenant} belongs to ${which}.`);
    const rotated = [];
    for (const ring of rings) {
      const { service } = ring;
      const number = ring.numbers.length > 1 && !further ? newest(ring).number : await addKey(nc, masters, context.tenant, service, context.now);
      await handle(keyRing, { ...context, id: service, command_id: `${context.command_id}-${service}` }, { type: 'NoteKeyMade', number });
      rotated.push({ service, number });
    }
    void Promise.all(rings.map(ring => askToRenew(nc, ring.service, ring.tenant))); // the first to know move first; the rest follows by and by
    return { rotated };
  }

  async rings(slug: string): Promise<OutputOf<typeof keyRings>> {
    return {
      rings: (await listRings(this.deps.nc, slug)).map(ring => ({ service: ring.service, current: newest(ring).number, made_at: newest(ring).made_at, older: ring.numbers.slice(0, -1).map(n => n.number) })),
    };
  }

  /** Wraps everything by the primary master key; to be asked again until nothing is left. */
  async rotateMaster(context: CommandContext): Promise<OutputOf<typeof rotateMasterKey>> {
    const { masters, handle } = this.deps;
    const primary = (await masters.primary()).name;
    const { rewrapped, left } = await this.rewrapAll(REWRAP_BUDGET);
    if (left === 0) await handle(masterKey, { ...context, tenant: INSTALLATION, id: INSTALLATION }, { type: 'NoteMasterKeyReplaced', primary, rewrapped });
    return { primary, rewrapped, left };
  }

  /** One round: keys that another master key wrapped, keys that are old, and rings whose older keys nothing needs any more. */
  async tend(): Promise<void> {
    const { nc, log } = this.deps;
    const { rewrapped, left } = await this.rewrapAll(REWRAP_BUDGET);
    if (rewrapped > 0 || left > 0) log.info({ rewrapped, left }, 'data keys were wrapped by the present master key');
    const old = new Date(Date.now() - (this.deps.keyLife ?? KEY_LIFE)).toISOString();
    for (const ring of (await listRings(nc)).filter(r => r.numbers.length === 1 && !r.first_form && newest(r).made_at < old)) {
      await this.rotate(systemContext(ring), ring.service).catch((error: unknown) => log.warn({ err: error, tenant: ring.tenant, ring: ring.service }, 'an old data key stays for now'));
    }
    for (const ring of (await listRings(nc)).filter(r => r.numbers.length > 1)) {
      await this.retire(ring).catch((error: unknown) => log.warn({ err: error, tenant: ring.tenant, ring: ring.service }, 'older data keys stay for now'));
    }
    await eraseLeft(nc, KEYS_BUCKET);
  }

  /** Older keys go when every copy of the service has the new one and none of its values is under another. */
  private async retire(ring: RingInfo): Promise<void> {
    const { nc, masters, handle, log } = this.deps;
    const { number, made_at } = newest(ring);
    const old = Date.now() - Date.parse(made_at) > (this.deps.retireAfter ?? RETIRE_AFTER); // before the look at the values, so that nothing older is written after it
    const answer = await askToRenew(nc, ring.service, ring.tenant);
    if (!old || answer === undefined || answer.left !== 0 || answer.current !== number) return;
    const numbers = await dropOldKeys(nc, masters, ring.tenant, ring.service, number);
    await askToRenew(nc, ring.service, ring.tenant);
    await handle(keyRing, systemContext(ring), { type: 'NoteKeysRetired', numbers });
    log.info({ tenant: ring.tenant, ring: ring.service, numbers }, 'older data keys were destroyed');
  }

  private async rewrapAll(budget: number): Promise<{ rewrapped: number; left: number }> {
    const { nc, masters, log } = this.deps;
    const until = performance.now() + budget;
    const primary = (await masters.primary()).name;
    const waiting = (await listRings(nc)).filter(ring => ring.master !== primary || ring.first_form);
    let rewrapped = 0;
    let left = 0;
    const work = async (): Promise<void> => {
      for (let ring = waiting.pop(); ring; ring = waiting.pop()) {
        try {
          if (performance.now() > until) left += 1;
          else if ((await rewrap(nc, masters, ring)) && ring.master !== primary) rewrapped += 1;
        } catch (error) {
          left += 1;
          log.warn({ err: error, tenant: ring.tenant, ring: ring.service }, 'a data key could not be wrapped by the present master key');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return { rewrapped: rewrapped + (await rewrapRoots(nc, masters)), left };
  }
}
