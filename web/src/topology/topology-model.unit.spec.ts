import { describe, expect, it } from '@jest/globals';
import { applicationView } from '@xanthus/proto/applications';
import { zoneView } from '@xanthus/proto/dns';
import { serverView } from '@xanthus/proto/vps';
import type { Application, Server, Zone } from '../contracts.js';
import { buildTopology, findNodes, NODE, related, step } from './topology-model.js';

const server = (id: string, name = id): Server => ({ ...serverView.example, id, name }) as Server;
const application = (id: string, on: string, zone: string | null = null): Application => ({ ...applicationView.example, id, name: id, server: on, zone, exposures: [] }) as Application;
const zone = (id: string): Zone => ({ ...zoneView.example, id, name: `${id}.example` }) as Zone;

const small = buildTopology([server('s2'), server('s1')], [application('b', 's1', 'z2'), application('a', 's1', 'z1'), application('c', 's2', 'z1')], [zone('z3'), zone('z2'), zone('z1')]);

describe('the topology', () => {
  it('has what runs beside its server, and lines from left to right', () => {
    expect(small.nodes.map(n => n.key)).toEqual(['server s1', 'server s2', 'application a', 'application b', 'application c', 'zone z1', 'zone z2', 'zone z3']);
    expect(small.edges.map(e => [e.from, e.to])).toEqual(expect.arrayContaining([['server s1', 'application a'], ['application a', 'zone z1'], ['server s2', 'application c'], ['application c', 'zone z1']]));
    expect(small.edges).toHaveLength(6);
  });

  it('lays no node over another, and none outside, with 50 servers and 200 applications', () => {
    const servers = Array.from({ length: 50 }, (_, i) => server(`s${i}`));
    const applications = Array.from({ length: 200 }, (_, i) => application(`a${i}`, `s${i % 47}`, i % 3 === 0 ? null : `z${i % 30}`));
    const big = buildTopology(servers, applications, Array.from({ length: 40 }, (_, i) => zone(`z${i}`)));
    expect(big.nodes).toHaveLength(290);
    for (const kind of ['server', 'application', 'zone'] as const) {
      const column = big.nodes.filter(n => n.kind === kind);
      expect(column.slice(1).filter((n, i) => n.y - (column[i]?.y ?? 0) < NODE.height + 8)).toEqual([]);
    }
    expect(big.nodes.filter(n => n.y < 0 || n.y + NODE.height > big.height || n.x + NODE.width > big.width)).toEqual([]);
  });

  it('leaves out lines to what may not be seen, not what they lead from', () => {
    const { nodes, edges } = buildTopology([], [application('a', 'hidden', 'z9')], []);
    expect(nodes.map(n => n.key)).toEqual(['application a']);
    expect(edges).toEqual([]);
  });

  it('is walked with arrow keys: up and down in a column, along lines to the sides', () => {
    expect(step(small, undefined, 'down')).toBe('server s1');
    expect(step(small, 'server s1', 'right')).toBe('application a');
    expect(step(small, 'application a', 'down')).toBe('application b');
    expect(step(small, 'application a', 'right')).toBe('zone z1');
    expect(step(small, 'application c', 'left')).toBe('server s2');
    expect(step(small, 'zone z3', 'left')).toBe('zone z3');
    expect(step(small, 'server s1', 'up')).toBe('server s1');
    expect(step(small, 'server s1', 'last')).toBe('server s2');
  });

  it('shows with a node what leads to it and from it, not what is beside', () => {
    expect([...related(small, 'application a')].sort()).toEqual(['application a', 'server s1', 'zone z1']);
    expect([...related(small, 'zone z1')].sort()).toEqual(['application a', 'application c', 'server s1', 'server s2', 'zone z1']);
  });

  it('is searched by every word', () => {
    expect([...findNodes(small, 'z1 EXAMPLE') ?? []]).toEqual(['zone z1']);
    expect(findNodes(small, '  ')).toBeUndefined();
  });
});
