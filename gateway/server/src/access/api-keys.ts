import { createHash, timingSafeEqual } from 'node:crypto';
import type { DataOf } from '@xanthus/proto';
import { API_KEY, keyCheckView } from '@xanthus/proto/auth';
import { refuse } from '../protocol/problem.js';

export type KnownKey = DataOf<typeof keyCheckView>;

export const isApiKey = (token: string): boolean => token.startsWith('xan_');

/** A key that was made a moment ago may not be known here yet: so long it is waited for, ms, by so many at once. */
const PATIENCE = 500;
const MOST_WAITING = 100;

/** Whole seconds since 1970, as claims have it: sockets and requests end at the same moment. */
export const endOf = (key: KnownKey): number => Math.floor(Date.parse(key.expires_at) / 1_000);

/** API keys as auth's view has them. A key is found by its id; that its secret fits is compared in constant time. */
export class ApiKeys {
  private readonly known = new Map<string, KnownKey>();
  private readonly waiting = new Map<string, Set<() => void>>();
  private waiters = 0;

  constructor(private readonly now: () => number) {}

  ids(): string[] {
    return [...this.known.keys()];
  }
  /** @returns whether a key that was good until now is gone */
  changed(id: string, data: unknown): boolean {
    const key = data === undefined ? undefined : keyCheckView.data.safeParse(data);
    if (key?.success === true && key.data.id === id) {
      this.known.set(id, key.data);
      for (const wake of this.waiting.get(id) ?? []) wake();
      return false;
    }
    return this.known.delete(id);
  }

  /** @throws Refused AUTH_REQUIRED */
  async check(token: string): Promise<KnownKey> {
    const [, id = '', secret = ''] = API_KEY.exec(token) ?? [];
    if (id !== '' && !this.known.has(id) && this.waiters < MOST_WAITING) await this.arrival(id);
    const key = this.known.get(id);
    if (key === undefined || !timingSafeEqual(createHash('sha256').update(secret).digest(), Buffer.from(key.secret_sha256, 'hex'))) return refuse('AUTH_REQUIRED', 'This API key is not valid.');
    return endOf(key) * 1_000 > this.now() ? key : refuse('AUTH_REQUIRED', 'This API key has expired.');
  }

  private async arrival(id: string): Promise<void> {
    const same = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, same);
    this.waiters++;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, PATIENCE);
      function done(): void {
        clearTimeout(timer);
        same.delete(done);
        resolve();
      }
      same.add(done);
    });
    this.waiters--;
    if (same.size === 0) this.waiting.delete(id);
  }
}
