export { createLedger, type BudgetKey, type Ledger } from './budget/ledger.js';
export { PROVIDER_POLICIES, type BudgetPolicy, type BudgetRecord, type BudgetStatus } from './budget/record.js';
export { memoryBudgetStore, memoryStore, natsBudgetStore, natsStore, type BudgetStore, type SharedStore, type Stored } from './budget/store.js';
export { createProviderCalls, type CallFor, type CallReport, type ProviderCalls, type ProviderCallsOptions, type ProviderFetch } from './calls/provider-calls.js';
export { ProviderError, refusalBehind, type ProviderErrorCode } from './calls/provider-error.js';
export { CLOUDFLARE_URL, cloudflareClient } from './cloudflare/client.js';
export type { ImportKind } from './cloudflare/import/keys.js';
export type { ImportItem, ImportPreview, ImportSecrets, ImportState } from './cloudflare/import/preview.js';
export { readImport, readNamespace, type ReadOptions } from './cloudflare/import/read-namespace.js';
export {
  createInstructions, INSTRUCTION_KEPT_S, type Asker, type BrowserAnswer, type Instruction, type Instructions, type InstructionStore, type Settled,
} from './instructions/instructions.js';
export { defineBrowserQuestion, type BrowserQuestion } from './instructions/question.js';
