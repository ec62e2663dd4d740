import type { NatsConnection } from '@nats-io/transport-node';
import type { CapabilityDocument, CapabilityRequest } from '@xanthus/proto';
import type { Logger } from './logger.js';

export interface PrincipalDocument extends CapabilityDocument {
  readonly principal: { readonly kind: 'person' | 'credential'; readonly id: string; readonly role: string; readonly nkey?: string };
}
export interface CapabilityChange { readonly tenant: string; readonly principal: string; /** Absent: every right is gone. */ readonly document?: PrincipalDocument }

/** Everybody's rights, followed from auth's bucket. No document, no right; not current, no right. */
export class CapabilityMirror {
  static async start(_nc: NatsConnection, _log: Logger): Promise<CapabilityMirror> {
    throw new Error('being written');
  }
  allows(_tenant: string, _principal: string, _request: CapabilityRequest): boolean {
    throw new Error('being written');
  }
  document(_tenant: string, _principal: string): PrincipalDocument | undefined {
    throw new Error('being written');
  }
  /** The credential of a tenant that has this NATS user key. */
  byNkey(_tenant: string, _nkey: string): PrincipalDocument | undefined {
    throw new Error('being written');
  }
  /** Complete, and auth's projector gave a sign of life within 10 s. */
  current(): boolean {
    throw new Error('being written');
  }
  /** Called for every change, with the document or without it; returns how to stop. A reset of the bucket calls it for each principal that vanished. */
  onChange(_fn: (change: CapabilityChange) => void): () => void {
    throw new Error('being written');
  }
  async stop(): Promise<void> {}
}
