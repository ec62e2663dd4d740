import { describe, expect, it } from '@jest/globals';
import { serviceRows } from './services.js';

describe('services of a machine', () => {
  it('stand in order, the failed first; what is absent is no row', () => expect(serviceRows({ ssh: 'active', chrony: 'absent', ufw: 'inactive', k3s: 'failed' }).map(r => `${r.label}: ${r.word}`)).toEqual(['K3s: Failed', 'SSH: Runs', 'ufw: Stopped']));
  it('are one where two names mean the same', () => expect(serviceRows({ sshd: 'inactive', ssh: 'active' }).map(r => r.word)).toEqual(['Runs']));
  it('show a word that is not known as it is', () => expect(serviceRows({ x: 'reloading' })[0]?.word).toBe('reloading'));
});
