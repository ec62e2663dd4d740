import { describe, expect, it } from '@jest/globals';
import { metricsSample } from '@xanthus/proto/vps';
import { parseSystem, parseVersion } from './probes.js';
import { clean } from './remote-text.js';
import { cpuShare, parseReading } from './sample.js';

const OUTPUT = `@stat
cpu  100 0 50 800 50 0 0 0 0 0
@loadavg
0.25 0.10 0.05 1/100 4711
@uptime
86400.12 170000.00
@meminfo
MemTotal:        4000 kB
MemFree:          500 kB
MemAvailable:    3000 kB
@disk
/dev/sda1 40000 6000 34000 15% /
@net
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0
  eth0: 1000 1 0 0 0 0 0 0 2000 1 0 0 0 0 0 0
  eth1:5 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
`;

describe('parseReading', () => {
  it('reads what /proc and df print', () => {
    expect(parseReading(OUTPUT)).toEqual({
      load1: 0.25, memory_bytes: 4_096_000, memory_used_bytes: 1_024_000, disk_bytes: 40_960_000, disk_used_bytes: 6_144_000,
      network_rx_bytes: 1005, network_tx_bytes: 2007, uptime_seconds: 86400.12, counters: { total: 1000, busy: 150 },
    });
  });

  it('makes a valid sample of nonsense', () => {
    for (const text of ['', 'hello', '@stat\n@loadavg\nnan -1\n@meminfo\nMemTotal: lots kB', '@net\neth0: -5 -5']) {
      const { counters, ...reading } = parseReading(text);
      expect(metricsSample.safeParse({ ...reading, at: new Date().toISOString(), cpu: cpuShare(undefined, counters), latency_ms: 0 }).success).toBe(true);
    }
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
