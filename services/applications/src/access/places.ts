/** What of servers and domains a form needs: all of a tenant's at once. */
import type { ServerFacts } from '../running/ports.js';

export interface ServerPlace extends ServerFacts { readonly helm: boolean }
export interface ZonePlace { readonly id: string; readonly name: string; /** As Cloudflare says: `active`, `pending`, … */ readonly status: string; /** Of its configuration for applications; null: never begun. */ readonly domain: 'configuring' | 'configured' | 'undoing' | 'failed' | 'undone' | null }
export interface Places {
  servers(tenant: string): Promise<readonly ServerPlace[]>;
  /** Those that are managed. */
  zones(tenant: string): Promise<readonly ZonePlace[]>;
  /** Could an address record stand there? What this application has there does not count. */
  nameAt(tenant: string, host: string, application: string | undefined): Promise<{ readonly free: boolean; readonly message: string }>;
}
