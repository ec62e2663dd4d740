// People at work while things break: each writer sends one command after the other and repeats it, with the same idempotency key, until it is answered.
import { setTimeout as pause } from 'node:timers/promises';
import { connect, XanthusError } from '@xanthus/client';
import type { Client } from '@xanthus/client';
import { assignRole } from '@xanthus/proto/auth';
import { generateSshKey } from '@xanthus/proto/vps';
import { WebSocket } from 'ws';

/** An answered command: what must be in the stream from now on. */
export interface Acknowledged { type: 'SshKeyGenerated' | 'SshKeyRemoved' | 'MemberRoleAssigned'; id: string; seq: number; data: Record<string, unknown> }

export interface Writers {
  readonly client: Client;
  readonly acknowledged: readonly Acknowledged[];
  /** Resolves when every writer got `n` answers to commands that it began after this call. Rejects when one was refused for good. */
  flowing(n: number): Promise<void>;
  /** Resolves when nothing is on its way. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

/** Longer than three starts one after the other on a busy machine, ms. */
const PATIENCE = 240_000;
/** A fault of the moment, or a name that is not free yet because the reactor that frees it was killed. */
const maybeLater = (error: unknown): boolean => !(error instanceof XanthusError) || error.retryable || error.code === 'SSH_KEY.NAME_TAKEN';

async function persistently<T>(command: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + PATIENCE; ;) {
    try {
      return await command();
    } catch (error) {
      if (!maybeLater(error) || Date.now() > end) throw error;
      await pause(50);
    }
  }
}

interface Written { id: string; seq: number }

export async function startWriters(o: { url: string; token: string; member: string }): Promise<Writers> {
  const client = await connect({ url: o.url, token: o.token, WebSocket });
  const acknowledged: Acknowledged[] = [];

  const http = async (method: 'POST' | 'DELETE', path: string, key: string, body: unknown): Promise<Written> => {
    const answer = await fetch(`${o.url}${path}`, {
      method, headers: { 'content-type': 'application/json', authorization: `Bearer ${o.token}`, 'idempotency-key': key }, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000),
    });
    const said = await answer.json() as { data?: Written; code?: string; message?: string; retryable?: boolean };
    if (said.data) return said.data;
    throw new XanthusError({ code: said.code ?? '?', message: said.message ?? '?', retryable: said.retryable ?? false });
  };

  /** Through the SDK, which repeats by itself over reconnects. */
  const makesKeys = async (n: number): Promise<void> => {
    const name = `sdk-${n}`;
    const { id, seq } = await persistently(() => client.command(generateSshKey, { name }, { idempotencyKey: name, timeout: PATIENCE }));
    acknowledged.push({ type: 'SshKeyGenerated', id, seq, data: { name } });
  };
  /** Over HTTP, and always the same two names: each must have been set free by a reactor before it can be taken again. */
  const replacesKeys = async (n: number): Promise<void> => {
    const name = `http-${n % 2}`;
    const made = await persistently(() => http('POST', '/api/ssh-keys', `make-${n}`, { name }));
    acknowledged.push({ type: 'SshKeyGenerated', id: made.id, seq: made.seq, data: { name } });
    const gone = await persistently(() => http('DELETE', `/api/ssh-keys/${made.id}`, `remove-${n}`, {}));
    acknowledged.push({ type: 'SshKeyRemoved', id: made.id, seq: gone.seq, data: {} });
  };
  /** Each command undoes the one before: one that took effect twice would show. */
  const assignsRoles = async (n: number): Promise<void> => {
    const role = n % 2 === 0 ? 'operator' : 'viewer';
    const { seq } = await persistently(() => client.command(assignRole, { role }, { id: o.member, idempotencyKey: `role-${n}`, timeout: PATIENCE }));
    acknowledged.push({ type: 'MemberRoleAssigned', id: o.member, seq, data: { role } });
  };

  const writers = [makesKeys, replacesKeys, assignsRoles].map(step => ({ step, begun: 0, done: 0 }));
  const heard = new Set<() => void>();
  const tell = (): void => { for (const fn of heard) fn(); };
  let failure: Error | undefined;
  let gate = Promise.resolve();
  let open = (): void => undefined;
  let stopped = false;

  const work = async (writer: (typeof writers)[number]): Promise<void> => {
    for (;;) {
      await gate;
      if (stopped) return;
      const n = writer.begun++;
      await writer.step(n);
      writer.done += 1;
      tell();
    }
  };
  const state = (): string => `${writers.map(w => `${w.step.name} ${w.done}/${w.begun}`).join(', ')}; ${JSON.stringify(client.connection.get())}`;
  const running = Promise.all(writers.map(work)).catch((error: unknown) => {
    failure = new Error(`${error instanceof XanthusError ? `${error.code} ` : ''}${(error as Error).message} ${state()}`);
    tell();
  });

  const until = (holds: () => boolean): Promise<void> => new Promise((resolve, reject) => {
    const end = (fn: () => void): void => {
      clearTimeout(timer);
      heard.delete(look);
      fn();
    };
    const look = (): void => {
      if (failure) end(() => reject(failure as Error));
      else if (holds()) end(resolve);
    };
    const timer = setTimeout(() => end(() => reject(new Error(`no progress: ${state()}`))), PATIENCE + 5_000);
    heard.add(look);
    look();
  });
  const resume = (): void => open();

  return {
    client, acknowledged, resume,
    flowing: (n) => {
      const wanted = writers.map(w => w.begun + n);
      return until(() => writers.every((w, i) => w.done >= (wanted[i] ?? 0)));
    },
    pause: () => {
      gate = new Promise((resolve) => { open = resolve; });
      return until(() => writers.every(w => w.done === w.begun));
    },
    stop: async () => {
      stopped = true;
      resume();
      client.close();
      await running;
    },
  };
}
