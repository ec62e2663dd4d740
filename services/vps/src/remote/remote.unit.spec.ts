import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { metricsSample } from '@xanthus/proto/vps';
import { parseSystem, parseVersion } from './probes.js';
import { clean } from './remote-text.js';
import { clockOffset, cpuShare, parseReading } from './sample.js';

const OUTPUT = `@loadavg 0.25 0.10 0.05 1/100 4711
@uptime 86400.12 170000.00
cpu  100 0 50 800 50 0 0 0 0 0
cpu0 50 0 25 400 25 0 0 0 0 0
cpu1 50 0 25 400 25 0 0 0 0 0
MemTotal:        4000 kB
MemFree:          500 kB
MemAvailable:    3000 kB
SwapTotal:       1000 kB
SwapFree:         900 kB
@disk 40000 6000
@net
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
  eth1:5 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
  cni0: 400 1 0 0 0 0 0 0 400 1 0 0 0 0 0 0
vethab12@if3: 400 1 0 0 0 0 0 0 400 1 0 0 0 0 0 0
@clock
1790000000
@services
Id=k3s.service
LoadState=loaded
ActiveState=failed

Id=k3s-agent.service
LoadState=not-found
ActiveState=inactive

Id=systemd-resolved.service
LoadState=loaded
ActiveState=activating

Id=ssh.service
LoadState=loaded
ActiveState=active

Id=sshd.service
LoadState=not-found
ActiveState=inactive
@end
`;

const valid = (text: string): boolean => {
  const { counters, clock: _clock, complete: _complete, ...reading } = parseReading(text);
  return metricsSample.safeParse({ ...reading, at: new Date().toISOString(), cpu: cpuShare(undefined, counters), latency_ms: 0 }).success;
};

describe('parseReading', () => {
  it('reads what /proc, df, date and systemctl print', () => {
    expect(parseReading(OUTPUT)).toEqual({
      load1: 0.25, load5: 0.1, load15: 0.05, cpus: 2, memory_bytes: 4_096_000, memory_used_bytes: 1_024_000, swap_bytes: 1_024_000, swap_used_bytes: 102_400, disk_bytes: 40_960_000, disk_used_bytes: 6_144_000,
      network_rx_bytes: 1005, network_tx_bytes: 2007, uptime_seconds: 86400.12, counters: { total: 1000, busy: 150 }, clock: 1_790_000_000, complete: true,
      services: { k3s: 'failed', 'k3s-agent': 'absent', 'systemd-resolved': 'inactive', ssh: 'active' },
    });
  });

  it('takes sshd where it is called so', () => {
    const state = (ssh: string, sshd: string) => parseReading(`@services\nId=ssh.service\nLoadState=${ssh}\nActiveState=active\n\nId=sshd.service\nLoadState=${sshd}\nActiveState=active\n`).services;
    expect([state('not-found', 'loaded'), state('loaded', 'not-found'), state('not-found', 'not-found')]).toEqual([{ ssh: 'active' }, { ssh: 'active' }, { ssh: 'absent' }]);
  });

  it('takes blocks without a line between them', () => {
    const text = ['k3s', 'ssh'].map(name => `Id=${name}.service\nLoadState=loaded\nActiveState=active\nSubState=running\n`).join('');
    expect(parseReading(`@services\n${text}@end\n`).services).toEqual({ k3s: 'active', ssh: 'active' });
  });

  it('leaves out what a small machine does not have', () => {
    const { counters: _, ...reading } = parseReading('@disk 100 50\n@net\n@clock\n@end\n');
    expect(reading).toMatchObject({ complete: true, disk_used_bytes: 51_200, memory_bytes: 0 });
    for (const name of ['load5', 'cpus', 'swap_bytes', 'services', 'clock']) expect(reading).not.toHaveProperty(name);
  });

  it('makes a valid sample of nonsense, and knows that it is none', () => {
    const nasty = ['', 'hello', '@stat\n@loadavg nan -1\nMemTotal: lots kB', '@net\neth0: -5 -5', `@loadavg ${'9'.repeat(10_000_000)}`, '\u0000\ufffd'.repeat(1_000), '@services\nId=__proto__.service\nLoadState=loaded\n', '@constructor 1', '@__proto__\nx'];
    for (const text of nasty) expect([text.slice(0, 40), valid(text), parseReading(text).complete]).toEqual([text.slice(0, 40), true, false]);
    const bytes = fc.uint8Array({ maxLength: 400 }).map(b => Buffer.from(b).toString('utf8'));
    fc.assert(fc.property(fc.array(fc.oneof(bytes, fc.constantFrom(...OUTPUT.split('\n'))), { maxLength: 40 }), lines => { expect(valid(lines.join('\n'))).toBe(true); }), { numRuns: 200 });
  });
});

describe('clockOffset', () => {
  it('is nothing as long as the shown second may be right', () => {
    expect([clockOffset(100, 100_200, 100_900), clockOffset(100, 99_000, 104_000), clockOffset(100, 100_999, 101_400)]).toEqual([0, 0, 0]);
  });

  it('is how far the clock is ahead or behind', () => {
    expect([clockOffset(160, 100_000, 100_100), clockOffset(40, 100_000, 100_100)]).toEqual([60, -60]);
  });
});

describe('cpuShare', () => {
  it('is the busy part since the reading before', () => {
    expect(cpuShare({ busy: 100, total: 1000 }, { busy: 150, total: 1200 })).toBe(0.25);
    expect(cpuShare(undefined, { busy: 150, total: 1000 })).toBe(0.15);
  });

  it('starts anew after a restart of the machine', () => {
    expect(cpuShare({ busy: 900, total: 9000 }, { busy: 5, total: 10 })).toBe(0.5);
    expect(cpuShare({ busy: 5, total: 10 }, { busy: 5, total: 10 })).toBe(0);
  });
});

describe('what a machine says of itself', () => {
  it('is one short printable line', () => {
    expect(clean('a\u0000b\u001b[31m\nc\u202e')).toBe('a b [31m c');
    expect(clean('x'.repeat(500))).toHaveLength(128);
    expect(parseSystem('os=Debian\u0007 12\nos=again\ncpus=two\nmemory_kib=1000')).toMatchObject({ os: 'Debian  12', cpus: 0, memory_bytes: 1_024_000, hostname: 'unknown' });
  });

  it('is a version or none', () => {
    expect(parseVersion('k3s version v1.30.4+k3s1 (98262b5d)')).toBe('v1.30.4+k3s1');
    expect(parseVersion('v3.15.4+gfa9efb0')).toBe('v3.15.4+gfa9efb0');
    expect(parseVersion('sh: k3s: not found')).toBeNull();
  });
});
