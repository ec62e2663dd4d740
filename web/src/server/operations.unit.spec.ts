import { describe, expect, it } from '@jest/globals';
import { OPERATION_KINDS, operationsView } from '@xanthus/proto/vps';
import type { Operation, Operations } from '../contracts.js';
import { currentOperations, operationTitle } from './operations.js';

const operation = (change: Partial<Operation>): Operation => ({ ...(operationsView.example as Operations).items[0] as Operation, ...change });
const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('long work on a server', () => {
  it('is said as it runs, when it is done, and when it failed', () => {
    expect(operationTitle(operation({}))).toBe('Changing its type (cx22 → cx32)');
    expect(operationTitle(operation({ state: 'finished' }))).toBe('Type changed (cx22 → cx32)');
    expect(operationTitle(operation({ state: 'failed', kind: 'reboot', wish: {} }))).toBe('Reboot: did not work');
  });
  it.each(OPERATION_KINDS)('has words for %s', kind => {
    for (const state of ['running', 'finished', 'failed'] as const) expect(operationTitle(operation({ kind, state, wish: {}, before: { power: 'off' } }))).toMatch(/^[A-Z][^-]*$/);
  });
  it('is shown while it runs and half an hour after', () => {
    const ended = (id: string, at: string): Operation => operation({ id, state: 'finished', ended_at: at });
    expect(currentOperations([operation({ id: 'a' }), ended('b', '2026-11-21T11:45:00Z'), ended('c', '2026-11-21T11:00:00Z')], NOW).map(o => o.id)).toEqual(['a', 'b']);
  });
});
