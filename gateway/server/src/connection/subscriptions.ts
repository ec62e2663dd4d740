import type { Subscription } from './connection.js';

/** Subscriptions of a connection by key; tells how many more or fewer there are. */
export class Subscriptions extends Map<string, Subscription> {
  constructor(private readonly changed: (change: number) => void) {
    super();
  }

  override set(key: string, subscription: Subscription): this {
    if (!this.has(key)) this.changed(1);
    return super.set(key, subscription);
  }
  override delete(key: string): boolean {
    const was = super.delete(key);
    if (was) this.changed(-1);
    return was;
  }
  override clear(): void {
    if (this.size > 0) this.changed(-this.size);
    super.clear();
  }
}
