import { describe } from '@jest/globals';
import { ledgerFeatures } from './ledger.features.js';
import { memoryBudgetStore } from './store.js';

describe('budgets in memory', () => {
  const store = memoryBudgetStore();
  ledgerFeatures(() => store);
});
