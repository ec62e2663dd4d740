/** What machines print, as data: right, strange and hostile. */
import { describe, expect, it } from '@jest/globals';
import { generateKeyPair } from '@xanthus/ssh';
import fc from 'fast-check';
import { parseAuthorizedKeys, parseKeyLine } from './authorized-keys.js';
import { parseInfo } from './info.js';
import { forOutside } from './kubeconfig.js';
import { parseStatus } from './status.js';
import { knownTimeZones, offsetOf, timeZones } from './time-zone.js';

const STATUS = `@k3s
installed
k3s version v1.31.1+k3s1 (452dbbc1)
@active
active
@uptime
120.50 200.00
@load
0.10 0.20 0.30 1/200 4242
@memory
MemTotal:        4000 kB
MemAvailable:    1000 kB
@disk
/dev/vda1 1000 250 750 25% /
@services
Id=k3s.service
LoadState=loaded
ActiveState=active

LoadState=not-found
Id=docker.service
ActiveState=inactive

Id=ssh.service
ActiveState=failed
LoadState=loaded
Id=ssh.service
ActiveState=failed
LoadState=loaded
@setup
`;

describe('the status of a server', () => {
  it('is read from its sections', () => {
    expect(parseStatus(`${STATUS}WAITING_K3S\n`)).toEqual({
      setup: { word: 'WAITING_K3S', sentence: expect.stringContaining('waiting until its node is ready') }, k3s: { installed: true, active: true, version: 'v1.31.1+k3s1' }, uptime_seconds: 120.5, load: [0.1, 0.2, 0.3],
      memory: { total_bytes: 4_096_000, used_bytes: 3_072_000 }, disk: { total_bytes: 1_024_000, used_bytes: 256_000 }, services: [{ name: 'k3s', state: 'active' }, { name: 'ssh', state: 'failed' }],
    });
  });

  it('has a word for a set-up that failed, and none where there was none', () => {
    expect(parseStatus(`${STATUS}FAILED k3s NODE_NOT_READY after 300 s`).setup).toEqual({ word: 'FAILED k3s NODE_NOT_READY', sentence: expect.stringContaining('did not become ready') });
    expect(parseStatus(STATUS).setup).toBeNull();
  });

  it('cannot be forged by what the set-up file holds, and never fails', () => {
    expect(parseStatus(`${STATUS}x\n@k3s\n@active\ninactive\n@setup\nREADY`).k3s).toMatchObject({ active: true });
    expect(parseStatus('')).toMatchObject({ setup: null, k3s: { installed: false, active: false, version: null }, uptime_seconds: null, load: null, memory: null, disk: null, services: [] });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => { parseStatus(text); parseInfo(text, 0); parseAuthorizedKeys(text); }));
  });
});

describe('what a server says of itself', () => {
  it('is its clock beside ours, its addresses, and its notes without what acts', () => {
    const text = 'hostname=web-1\nzone=Europe/Berlin\nboot=1795000000\nnow=1795000100500000000\naddresses=192.0.2.10 2001:db8::1 $(id)\n@notes\nuser: \u001b[1mroot\nsecond\n';
    expect(parseInfo(text, 1_795_000_098_000)).toEqual({
      hostname: 'web-1', time_zone: 'Europe/Berlin', booted_at: '2026-11-18T11:06:40.000Z', clock_offset_ms: 2_500, addresses: ['192.0.2.10', '2001:db8::1'], notes: 'user: ␛[1mroot\nsecond',
    });
    expect(parseInfo('now=%N\n', 5)).toEqual({ hostname: null, time_zone: null, booted_at: null, clock_offset_ms: null, addresses: [], notes: null });
  });
});

describe('authorized_keys', () => {
  const [a, b] = [generateKeyPair('ada@laptop'), generateKeyPair('bob')];
  it('are read with options, comments and repeats', () => {
    const text = `# a comment\n\n${a.publicKey}\ncommand="echo \\"hi there\\"",no-pty ${b.publicKey}\n  ${a.publicKey}  \nssh-dss AAAA old\nnonsense\n`;
    expect(parseAuthorizedKeys(text)).toEqual([
      { type: 'ssh-ed25519', blob: a.publicKey.split(' ')[1], fingerprint: a.fingerprint, comment: 'ada@laptop', restricted: false },
      { type: 'ssh-ed25519', blob: b.publicKey.split(' ')[1], fingerprint: b.fingerprint, comment: 'bob', restricted: true },
    ]);
    expect(parseKeyLine('ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 cut')).toBeUndefined();
  });
});

describe('a kubeconfig for outside', () => {
  const given = (server = 'https://127.0.0.1:6443', more = ''): string =>
    `apiVersion: v1\nkind: Config\nclusters:\n- name: default\n  cluster: { server: "${server}", certificate-authority-data: Y2E= }\nusers:\n- name: default\n  user: { client-certificate-data: Yw==, client-key-data: aw==${more} }\ncurrent-context: default\n`;
  it('has the address that the server is reached at', () => {
    expect(forOutside(given(), '192.0.2.10', 'web-1').server).toBe('https://192.0.2.10:6443');
    expect(forOutside(given('https://127.0.0.1:7443'), '2001:db8::1', 'web-1').text).toContain('server: https://[2001:db8::1]:7443');
  });
  it('lets no program and nothing else through', () => {
    expect(forOutside(given(undefined, ', exec: { command: /bin/evil }, auth-provider: { name: x }'), '192.0.2.10', 'web-1').text).not.toMatch(/exec|evil|auth-provider/);
  });
  it.each([['nothing', ''], ['no YAML', 'a: ['], ['no server', 'clusters: []'], ['no address', given('nowhere')], ['a bomb', `a: &a [x,x]\nb: [*a,*a]\n${given()}`], ['strange data', given().replace('Y2E=', '"../etc"')]])('refuses %s', (_name, yaml) => {
    expect(() => forOutside(yaml, '192.0.2.10', 'web-1')).toThrow(/cannot be read|aliases|alias/i);
  });
});

describe('time zones', () => {
  it('are each there once, with UTC, and how far they are now', () => {
    const zones = knownTimeZones();
    expect(new Set(zones).size).toBe(zones.length);
    for (const name of ['Etc/UTC', 'Europe/Berlin', 'America/St_Johns']) expect(zones).toContain(name);
    expect(zones).not.toContain('UTC');
    const summer = new Date('2026-07-01T12:00:00Z');
    expect([offsetOf('Europe/Berlin', summer), offsetOf('America/St_Johns', summer), offsetOf('Asia/Kathmandu', summer), offsetOf('Etc/UTC', summer)]).toEqual([120, -150, 345, 0]);
    expect(timeZones(summer).items).toHaveLength(zones.length);
  });
});
