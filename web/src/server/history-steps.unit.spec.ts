import { describe, expect, it } from '@jest/globals';
import { vpsEvents } from '@xanthus/proto/vps';
import { isStep, withoutSteps } from './history-steps.js';

describe('steps in a history', () => {
  it('are left out, nothing else is', () => expect(withoutSteps([{ type: 'StepStarted' }, { type: 'StepFailed' }, { type: 'OperationFailed' }]).map(r => r.type)).toEqual(['StepFailed', 'OperationFailed']));
  it('are events of the service', () => expect(Object.keys(vpsEvents).filter(isStep)).toHaveLength(5));
});
