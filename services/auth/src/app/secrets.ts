/** Secrets of a tenant that its services use: kept, replaced, handed over, destroyed. Never read back. */
import { markerKey, type Views } from '@xanthus/jetstream';
import { Refusal, type CommandContext, type EventStore } from '@xanthus/kernel';
import { INSTALLATION, type OutputOf, type ParsedInputOf, type Written } from '@xanthus/proto';
import type { handOverSecret, putSecret, rotateSecret } from '@xanthus/proto/auth';
import { handOverContext, seal, type Vault } from '@xanthus/vault';
import { sha256Hex } from '../adapters/refresh-token.js';
import { secret, type SecretState } from '../domain/secret.js';
import { tenant } from '../domain/tenant.js';
import type { Handle, ReadState } from './handle.js';
import { requireRoom } from './room.js';

const VIEW_PATIENCE = 2_000;

export interface SecretsDeps { readonly store: EventStore; readonly handle: Handle; readonly read: ReadState; readonly views: Views; readonly vault: Vault; readonly hmacKey: Buffer }
/** The service that asks, and the X25519 key that its signed identity names. */
export interface Receiver { readonly service: string; readonly seal: string | undefined }

const nameTaken = (name: string) => new Refusal('SECRET.NAME_TAKEN', `There is a secret ${name} already; choose another name, or rotate that one.`);

export class Secrets {
  constructor(private readonly deps: SecretsDeps) {}

  /** @throws Refusal SECRET.NAME_TAKEN, TENANT.NOT_FOUND */
  async put(context: CommandContext, input: ParsedInputOf<typeof putSecret>): Promise<OutputOf<typeof putSecret>> {
    await requireRoom(this.deps.views, context.tenant, 'secrets', context.id, 'SECRET');
    const { handle, read, vault } = this.deps;
    if ((await read(tenant, INSTALLATION, context.tenant)).status !== 'active') throw new Refusal('TENANT.NOT_FOUND', `There is no tenant ${context.tenant}.`);
    const { value, description, ...rest } = input;
    const fingerprint = await vault.fingerprintOf(context.tenant, value);
    const lies = nameIn(context, fingerprint);
    await vault.put(context.tenant, lies, value);
    const claim = { ...this.nameMarker(input.name), taken: nameTaken(input.name) };
    const done = await handle(secret, context, { type: 'PutSecret', ...rest, ...(description === undefined ? {} : { description }), fingerprint, secret: lies }, [claim]).catch(async (error: unknown) => {
      if (error instanceof Refusal) await vault.destroy(context.tenant, lies);
      throw error;
    });
    await this.dropStale(context.tenant, done.state, lies);
    return { ...(await this.shown(done)), fingerprint: done.state.status === 'kept' ? done.state.fingerprint : fingerprint };
  }

  /** @throws Refusal SECRET.NOT_FOUND, SECRET.SAME_VALUE */
  async rotate(context: CommandContext, value: string): Promise<OutputOf<typeof rotateSecret>> {
    const { handle, vault } = this.deps;
    const fingerprint = await vault.fingerprintOf(context.tenant, value);
    const lies = nameIn(context, fingerprint);
    await vault.put(context.tenant, lies, value);
    const done = await handle(secret, context, { type: 'RotateSecret', fingerprint, secret: lies }).catch(async (error: unknown) => {
      if (error instanceof Refusal) await vault.destroy(context.tenant, lies);
      throw error;
    });
    await this.dropStale(context.tenant, done.state, lies);
    await this.tidy(context.tenant, context.id);
    return { ...(await this.shown(done)), fingerprint: done.state.status === 'kept' ? done.state.fingerprint : fingerprint };
  }

  /** @throws Refusal SECRET.NOT_FOUND */
  async remove(context: CommandContext): Promise<Written> {
    const { handle, store } = this.deps;
    const done = await handle(secret, context, { type: 'RemoveSecret' });
    await this.tidy(context.tenant, context.id);
    if (done.state.status !== 'none') {
      await store.release({ tenant: context.tenant, service: 'auth', ...this.nameMarker(done.state.name), aggregate: { tenant: context.tenant, service: 'auth', aggregate: 'secret', id: context.id } });
    }
    return this.shown(done);
  }

  /**
   * The use is in the log before the value is out. Only who holds the private half of the key in the signed identity can open the answer.
   * @throws Refusal SECRET.NOT_FOUND, SECRET.NOT_FOR_YOU
   */
  async handOver(context: CommandContext, to: Receiver, reason: string): Promise<OutputOf<typeof handOverSecret>> {
    if (to.seal === undefined) throw new Refusal('SECRET.NOT_FOR_YOU', 'The identity names no key that the secret could be sealed to.');
    const { state } = await this.deps.handle(secret, context, { type: 'UseSecret', service: to.service, reason });
    if (state.status !== 'kept') throw new Refusal('SECRET.NOT_FOUND', 'There is no such secret.');
    const value = await this.deps.vault.get(context.tenant, state.secret);
    const { name, kind, fingerprint } = state;
    return { name, kind, fingerprint, sealed: seal(to.seal, handOverContext(context.tenant, context.id, to.service), value) };
  }

  /** Destroys every value of a secret but the one that counts. */
  async tidy(slug: string, id: string): Promise<void> {
    const { read, store, vault } = this.deps;
    const state = await read(secret, slug, id);
    const current = state.status === 'kept' ? state.secret : undefined;
    const { events } = await store.load({ tenant: slug, service: 'auth', aggregate: 'secret', id }, { leader: true });
    const all = events.flatMap(({ data }) => (typeof data === 'object' && data !== null && 'secret' in data && typeof data.secret === 'string' ? [data.secret] : []));
    for (const lies of all.filter(name => name !== current).slice(-KEPT_OLD)) await vault.destroy(slug, lies);
  }

  /** A command that is sent again long after has put its value once more: it goes unless it is the one that counts. */
  private async dropStale(slug: string, state: SecretState, lies: string): Promise<void> {
    if (state.status !== 'kept' || state.secret !== lies) await this.deps.vault.destroy(slug, lies);
  }

  private nameMarker(name: string): { kind: string; key: string } {
    return { kind: 'secret-name', key: markerKey(this.deps.hmacKey, name) };
  }

  private async shown({ id, stream, seq }: Written): Promise<Written> {
    await this.deps.views.waitFor(seq, VIEW_PATIENCE);
    return { id, stream, seq };
  }
}

/** Values before the current one that may still be there: one, or a few after crashes. */
const KEPT_OLD = 5;

/**
 * Each command's value has a name of its own: what is read until the event is stored stays whole, and a command that is sent again with another value
 * does not put that in the place of the one that its event speaks of.
 */
const nameIn = ({ id, command_id }: CommandContext, fingerprint: string): string => `secret-${id}-${sha256Hex(`${command_id} ${fingerprint}`).slice(0, 8)}`;
