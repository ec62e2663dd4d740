import { randomBytes } from 'node:crypto';
import type { SessionRole } from '@xanthus/proto/terminals';

/** One tab or client that is attached. */
export interface Viewer {
  /** The secret by which it is known; never shown to others. */
  readonly attachment: string;
  /** Of the gateway's connection. */
  readonly viewer: string;
  readonly person: string;
  role: SessionRole;
  /** The role types, and the gateway lets it. */
  types: boolean;
  /** Rights of the connection alone: withdrawn, it only watches. */
  gatewayLets: boolean;
  /** Offset up to which it can take. */
  upTo: number;
  size: { readonly cols: number; readonly rows: number } | undefined;
  /** ms of the clock that began with this process. */
  heardAt: number;
}

export interface ShownViewer { readonly viewer: string; readonly person: string; readonly role: SessionRole; readonly types: boolean; readonly driver: boolean }

/** 256 bits. */
const SECRET_BYTES = 32;

/** Who is attached to a session, and whose size its terminal has. */
export class Viewers {
  private readonly known = new Map<string, Viewer>();
  private drives: Viewer | undefined;

  add(v: { readonly viewer: string; readonly person: string; readonly role: SessionRole; readonly types: boolean; readonly gatewayLets: boolean; readonly upTo: number }): Viewer {
    const made: Viewer = { ...v, types: v.types && v.gatewayLets, attachment: randomBytes(SECRET_BYTES).toString('base64url'), size: undefined, heardAt: performance.now() };
    this.known.set(made.attachment, made);
    return made;
  }
  get(attachment: string): Viewer | undefined {
    return this.known.get(attachment);
  }
  remove(viewer: Viewer): void {
    this.known.delete(viewer.attachment);
    if (this.drives === viewer) this.drives = undefined;
  }
  [Symbol.iterator](): IterableIterator<Viewer> {
    return this.known.values();
  }
  get count(): number {
    return this.known.size;
  }
  /** Offset up to which somebody can take. */
  get window(): number {
    let most = 0;
    for (const { upTo } of this.known.values()) if (upTo > most) most = upTo;
    return most;
  }
  get driver(): Viewer | undefined {
    return this.drives;
  }
  /** Who types or takes drives. @returns is it another than before? */
  drive(viewer: Viewer): boolean {
    if (this.drives === viewer || !viewer.types) return false;
    this.drives = viewer;
    return true;
  }
  release(viewer: Viewer): void {
    if (this.drives === viewer) this.drives = undefined;
  }
  get roles(): SessionRole[] {
    return [...this.known.values()].map(v => v.role);
  }
  get shown(): ShownViewer[] {
    return [...this.known.values()].map(v => ({ viewer: v.viewer, person: v.person, role: v.role, types: v.types, driver: v === this.drives }));
  }
}
