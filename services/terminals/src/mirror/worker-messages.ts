/** What the service and its workers of screens say to each other. */
import type { ShellMark, Snapshot } from './mirror.js';

export type ToWorker =
  | { readonly op: 'open'; readonly id: number; readonly cols: number; readonly rows: number; readonly offset: number; readonly silentUntil: number; readonly greeting: string }
  | { readonly op: 'write'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly op: 'resize'; readonly id: number; readonly cols: number; readonly rows: number }
  | { readonly op: 'snapshot'; readonly id: number; readonly ask: number; readonly scrollback: number | undefined }
  | { readonly op: 'close'; readonly id: number };

/** What one slice of a session brought, told at once: whoever knows the offset has had the answers before it. */
export interface Progress { readonly id: number; readonly offset: number; readonly said: readonly Said[] }
export type Said = { readonly reply: string } | { readonly title: string } | { readonly mark: ShellMark };
export type FromWorker = { readonly op: 'ready' } | { readonly op: 'progress'; readonly of: readonly Progress[] } | { readonly op: 'snapshot'; readonly id: number; readonly ask: number; readonly snapshot: Snapshot };

export interface WorkerData { readonly scrollback: number; /** One number: the session whose bytes are being parsed, 0: none. Read when the worker is gone. */ readonly busyWith: SharedArrayBuffer }
