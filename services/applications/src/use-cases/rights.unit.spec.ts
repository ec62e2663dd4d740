import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import type { Caller } from '@xanthus/nest';
import { allows, type CapabilityRequest } from '@xanthus/proto';
import { mustBeAllowed, type WorkPlace } from './rights.js';

const SERVER = '01jd3x8e2v5y9w4z7q6r1s0tab';
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const CONNECT = `cmd.acme.vps.server.${SERVER}.connect`;
const RECORDS = 'cmd.acme.dns.plan.new.make';
const missing = (commands: readonly string[], place: WorkPlace, kind: Caller['kind'] = 'person'): unknown => {
  const rights = { allows: (tenant: string, _principal: string, request: CapabilityRequest) => tenant === 'acme' && allows({ subjects: [], buckets: {}, streams: {}, commands }, request) } as never;
  try {
    mustBeAllowed({ rights }, { tenant: 'acme', identity: { kind, id: '01jd3x8e2v5y9w4z7q6r1s0tcd', tenant: 'acme' } }, place);
    return undefined;
  } catch (error) {
    return error instanceof Refusal && error.code === 'DENIED' ? (error.details as { permission: string }).permission : error;
  }
};

describe('whoever has an application worked on', () => {
  const asked = (commands: readonly string[], zone: string | null): unknown => {
    const [person, credential] = (['person', 'credential'] as const).map(kind => missing(commands, { server: SERVER, zone }, kind));
    return person === credential ? person : 'they differ';
  };
  it('needs the way onto its server', () => expect(asked(['cmd.acme.applications.>', RECORDS], ZONE)).toBe('vps.server.connect'));
  it('needs it on that very server', () => expect(asked(['cmd.acme.vps.server.01jd3x8e2v5y9w4z7q6r1s0txx.connect', RECORDS], ZONE)).toBe('vps.server.connect'));
  it('needs records where one changes', () => expect(asked([CONNECT], ZONE)).toBe('dns.plan.make'));
  it('needs no records where none changes, and no more than that', () => {
    expect(asked([CONNECT], null)).toBeUndefined();
    expect(asked([CONNECT, RECORDS], ZONE)).toBeUndefined();
  });
});
