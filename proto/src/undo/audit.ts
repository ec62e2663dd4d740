import { cannot, type UndoTable } from './undo.js';

export const auditUndo: UndoTable = { 'chain.BlockSealed': cannot('A seal on the log is there to stay.') };
