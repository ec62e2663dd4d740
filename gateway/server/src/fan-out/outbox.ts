/**
 * The outbound queue of one connection. Frames wait here and go to the socket only as fast as it takes them, so that what
 * is queued can still be dropped (rights withdrawn) and a socket that stands still is noticed. Nothing here waits for a socket.
 */

/** Whose frame it is; a reply has no owner. */
export interface Owner {
  /** Position of its newest frame that has left for the socket. */
  sent: number;
}

/** Something that goes on when the queue has room again. */
export interface Waiting { pump(): void }

/** The socket as the outbox sees it. */
export interface Sink {
  /** Writes all of them with one system call if it can. */
  write(frames: readonly Buffer[]): void;
  /** Bytes taken that have not reached the kernel. */
  pending(): number;
}

export interface OutboxLimits {
  readonly bytes: number;
  readonly frames: number;
}

/** Bytes given to the socket ahead of the kernel: enough to keep it busy, little enough to drop the rest in time. */
export const SOCKET_BYTES = 64 * 1024;
/** Frames without a position or a newest value (replies, reliable signals) may exceed the limits this much until the slow rule decides. */
const HARD = 4;
/** So often those who wait may fill the queue in one go before other connections have their turn. */
const TURNS = 8;

export class Outbox {
  /** Since when the queue has been full without a break, ms; 0: it is not. */
  fullSince = 0;
  /** Since when the socket has taken nothing, ms; 0: it takes. */
  blockedSince = 0;
  private frames: (Buffer | undefined)[] = [];
  private owners: (Owner | undefined)[] = [];
  private marks: number[] = [];
  private head = 0;
  private bytes = 0;
  private count = 0;
  private readonly waiting = new Set<Waiting>();
  private closed = false;

  constructor(private readonly sink: Sink, private readonly limits: OutboxLimits, private readonly now: () => number, private readonly onDirty: () => void) {}

  /** Queues a frame. `mark` is the position that its owner has reached with it. */
  push(frame: Buffer, owner?: Owner, mark = 0): void {
    if (this.closed) return;
    this.frames.push(frame);
    this.owners.push(owner);
    this.marks.push(mark);
    this.bytes += frame.length;
    this.count++;
    if (this.fullSince === 0 && this.full()) this.fullSince = this.now();
    this.onDirty();
  }

  full(): boolean {
    return this.bytes >= this.limits.bytes || this.count >= this.limits.frames;
  }
  /** Far beyond full: not even the 250 ms of the slow rule are granted. */
  overflown(): boolean {
    return this.bytes >= this.limits.bytes * HARD || this.count >= this.limits.frames * HARD;
  }
  /** Half empty: catching up goes on. */
  hasRoom(): boolean {
    return !this.closed && this.bytes < this.limits.bytes / 2 && this.count < this.limits.frames / 2;
  }
  get size(): { readonly bytes: number; readonly frames: number } {
    return { bytes: this.bytes, frames: this.count };
  }

  /** `pump` is called once, when there is room. */
  whenRoom(waiting: Waiting): void {
    if (this.closed) return;
    this.waiting.add(waiting);
    this.onDirty();
  }
  forget(waiting: Waiting): void {
    this.waiting.delete(waiting);
  }

  /** Gives the socket what it takes now; then lets those who wait go on while there is room. */
  flush(): void {
    if (this.closed) return;
    this.write();
    for (let turns = 0; this.waiting.size > 0 && this.hasRoom(); turns++) {
      if (turns === TURNS) return this.onDirty();
      const turn = [...this.waiting];
      this.waiting.clear();
      for (const waiting of turn) waiting.pump();
      this.write();
    }
  }

  /** The socket has taken everything it was given. */
  drained(): void {
    this.blockedSince = 0;
    this.flush();
  }

  /** Drops what is still queued for an owner. */
  purge(owner: Owner): void {
    for (let i = this.head; i < this.frames.length; i++) {
      if (this.owners[i] === owner) this.drop(i);
    }
    this.settle();
  }

  /** Drops everything; nothing is taken any more. */
  close(): void {
    this.closed = true;
    this.waiting.clear();
    this.frames = [];
    this.owners = [];
    this.marks = [];
    this.head = this.bytes = this.count = this.fullSince = this.blockedSince = 0;
  }

  private write(): void {
    const batch: Buffer[] = [];
    let ahead = this.sink.pending();
    while (this.head < this.frames.length && ahead < SOCKET_BYTES) {
      const frame = this.frames[this.head];
      if (frame !== undefined) {
        batch.push(frame);
        ahead += frame.length;
        const owner = this.owners[this.head];
        if (owner !== undefined) owner.sent = this.marks[this.head] ?? owner.sent;
        this.drop(this.head);
      }
      this.head++;
    }
    if (batch.length > 0) this.sink.write(batch);
    const isAhead = this.sink.pending() >= SOCKET_BYTES;
    if (isAhead && this.blockedSince === 0) this.blockedSince = this.now();
    this.settle();
    // A socket that counts less than we do (text by characters, control frames left out) is not full and will not tell that it has drained.
    if (!isAhead && this.count > 0) this.onDirty();
  }

  private drop(i: number): void {
    const frame = this.frames[i];
    if (frame === undefined) return;
    this.bytes -= frame.length;
    this.count--;
    this.frames[i] = undefined;
    this.owners[i] = undefined;
  }

  private settle(): void {
    if (this.count === 0 || this.head > 4_096) {
      const rest = this.count === 0 ? this.frames.length : this.head;
      this.frames.splice(0, rest);
      this.owners.splice(0, rest);
      this.marks.splice(0, rest);
      this.head = 0;
    }
    if (this.fullSince !== 0 && !this.full()) this.fullSince = 0;
  }
}
