import { describe, expect, it } from '@jest/globals';
import { allows, type CapabilityDocument, type CapabilityRequest } from '@xanthus/proto';
import type { Principal } from '../connection/connection.js';
import { Refused } from '../protocol/problem.js';
import { authorize, type GatewayContext } from './context.js';

const document: CapabilityDocument = { subjects: ['sig.acme.>'], buckets: {}, commands: [], streams: {} };
const context = (current: boolean): GatewayContext =>
  ({ capabilities: { current: () => current, document: () => document, allows: (_t: string, _p: string, r: CapabilityRequest) => allows(document, r) } }) as unknown as GatewayContext;
const codeOf = (current: boolean, subject: string): string => {
  try {
    authorize(context(current), { tenant: 'acme', id: 'p' } as Principal, { what: 'subject', subject });
    return 'allowed';
  } catch (error) {
    return (error as Refused).problem.code;
  }
};

describe('authorize', () => {
  it('follows the document while it is known to be current', () => {
    expect([codeOf(true, 'sig.acme.x'), codeOf(true, 'sig.globex.x')]).toEqual(['allowed', 'DENIED']);
  });
  it('fails closed otherwise, whatever the document says', () => {
    expect([codeOf(false, 'sig.acme.x'), codeOf(false, 'sig.globex.x')]).toEqual(['UNAVAILABLE', 'UNAVAILABLE']);
  });
});
