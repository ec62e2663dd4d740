export type { BudgetStatus } from './budget.js';
export { CLOUDFLARE_URL, cloudflareClient } from './cloudflare/client.js';
export type { ImportKind } from './cloudflare/import/keys.js';
export type { ImportItem, ImportPreview, ImportSecrets, ImportState } from './cloudflare/import/preview.js';
export { readImport, readNamespace, type ReadOptions } from './cloudflare/import/read-namespace.js';
