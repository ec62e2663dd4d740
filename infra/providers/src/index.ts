export type { BudgetStatus } from './budget.js';
