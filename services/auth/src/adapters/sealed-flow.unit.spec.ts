import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { sealedFlows, type Flow } from './sealed-flow.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const FLOW: Flow = { provider: 'acme.main', state: 's', nonce: 'n', verifier: 'a verifier that nobody may read', redirect_uri: 'https://x.example/cb', expires: NOW + 1_000 };
const flows = sealedFlows(randomBytes(32));

describe('what a log-in has to remember', () => {
  it('comes back as it went, until it is too old', () => {
    expect(flows.open(flows.seal(FLOW), NOW)).toEqual(FLOW);
    const linking = { ...FLOW, link: { person: 'p', session: 's' }, invitation: 'xi' };
    expect(flows.open(flows.seal(linking), NOW)).toEqual(linking);
    expect(flows.open(flows.seal(FLOW), FLOW.expires)).toBeUndefined();
  });

  it('cannot be read, changed, shortened, or made by somebody else', () => {
    const sealed = flows.seal(FLOW);
    expect(sealed).toMatch(/^xof_[\w-]+$/);
    expect(Buffer.from(sealed.slice(4), 'base64url').toString('latin1')).not.toContain(FLOW.verifier);
    expect(flows.seal(FLOW)).not.toBe(sealed);
    const box = Buffer.from(sealed.slice(4), 'base64url');
    for (let i = 0; i < box.length; i++) {
      const changed = Buffer.from(box);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(flows.open(`xof_${changed.toString('base64url')}`, NOW)).toBeUndefined();
    }
    for (const text of ['', 'xof_', 'xof_AAAA', sealed.slice(0, -4), sealed.slice(4), `${sealed.slice(0, 4)}%`, sealedFlows(randomBytes(32)).seal(FLOW)]) expect(flows.open(text, NOW)).toBeUndefined();
  });
});
