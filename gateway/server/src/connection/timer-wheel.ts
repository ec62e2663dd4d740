/**
 * Deadlines of many things with one timer: a ring of slots, one per tick. Each thing lies in one slot; a tick looks only at what is due.
 * A deadline further away than the ring is long comes up early and is scheduled again by whoever looks at it.
 */
export class TimerWheel<T> {
  private readonly slots: readonly Set<T>[];
  private readonly places = new Map<T, Set<T>>();
  private at = 0;

  constructor(ticks = 64) {
    this.slots = Array.from({ length: ticks }, () => new Set<T>());
  }

  get size(): number {
    return this.places.size;
  }

  /** In so many ticks, at least one; what it was scheduled for before is forgotten. */
  schedule(item: T, ticks: number): void {
    this.cancel(item);
    const ahead = Math.min(Math.max(1, Math.ceil(ticks)), this.slots.length - 1);
    const slot = this.slots[(this.at + ahead) % this.slots.length];
    if (slot === undefined) return;
    slot.add(item);
    this.places.set(item, slot);
  }

  cancel(item: T): void {
    this.places.get(item)?.delete(item);
    this.places.delete(item);
  }

  /** One tick on. @returns what is due; it is no longer scheduled */
  advance(): T[] {
    this.at = (this.at + 1) % this.slots.length;
    const slot = this.slots[this.at];
    if (slot === undefined || slot.size === 0) return [];
    const due = [...slot];
    slot.clear();
    for (const item of due) this.places.delete(item);
    return due;
  }
}
