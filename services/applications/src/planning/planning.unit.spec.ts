import { describe, expect, it } from '@jest/globals';
import { maskOf } from '../cluster/mask.js';
import { cheapest } from '../compose/vps-port.js';
import { entryOf, entryYaml } from '../catalog/catalog.fixture.js';
import { makeContent, slugOf } from './content.js';
import { unifiedDiff } from './diff.js';
import { hashOf, limited, planned } from './draw.js';
import { changedSince, stateOf } from './facts.js';
import { clusterConflicts, isLower, warningsOf } from './judge.js';
import type { Looked } from './look.js';
import { objectsIn, plannedChanges } from './manifest.js';
import { difference } from './price.js';
import { secretTexts, secretTextsIn } from './secret-texts.js';

/** What `patch` makes of it. */
const applied = (before: string, diff: string): string => {
  const lines = before.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n')) {
    const hunk = /^@@ -(\d+)/.exec(line);
    if (hunk) while (at < Number(hunk[1]) - 1) out.push(lines[at++] ?? '');
    else if (line.startsWith('-')) at++;
    else if (line.startsWith('+')) out.push(line.slice(1));
    else if (line.startsWith(' ')) out.push(lines[at++] ?? '');
  }
  return [...out, ...lines.slice(at)].join('\n');
};

describe('a difference', () => {
  it('leads from one text to the other', () => {
    let seed = 7;
    const draw = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
    for (let round = 0; round < 300; round++) {
      const before = Array.from({ length: draw(40) }, () => `line ${draw(9)}`);
      const after = before.flatMap(l => (draw(5) === 0 ? [] : draw(5) === 0 ? [l, `new ${draw(4)}`] : [l]));
      const [a, b] = [[...before, 'end'].join('\n'), [...after, 'end'].join('\n')];
      expect(a === b ? b : applied(a, unifiedDiff(a, b))).toBe(b);
    }
  });

  it('is empty between equals, says that there is more, and copes with a megabyte', () => {
    expect(unifiedDiff('a\n', 'a\n')).toBe('');
    expect(unifiedDiff('', 'x\n'.repeat(60_000), 500)).toMatch(/there is more; it is not shown here\.$/);
    const [a, b] = [1, 2].map(n => Array.from({ length: 30_000 }, (_, i) => `${i * n} some text`).join('\n'));
    expect(unifiedDiff(a ?? '', b ?? '').length).toBeLessThan(61_000);
  });
});

describe('secrets in values', () => {
  it.each([
    [{ auth: { adminPassword: 'hunter2-hunter2' } }, ['hunter2-hunter2']],
    [{ env: [{ name: 'DB_PASSWORD', value: 's3cret' }, { name: 'LANG', value: 'nl_NL' }] }, ['s3cret']],
    [{ url: 'postgres://me:p%40ss@db/notes' }, ['p@ss']],
    [{ key: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc' }, ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc']],
    [{ extra: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a' }, ['ghp_16C7e42F292c6912E7710c838347Ae178B4a']],
    [{ existingSecret: 'notes-secrets', secretName: 'tls', passwordFile: '/run/x', replicas: 2, image: 'ghcr.io/acme/notes', pin: { token: 12_345_678 } }, ['12345678']],
  ])('%j', (values, secrets) => expect(secretTextsIn(values)).toEqual(secrets));

  it('of a release are its Secret, and no names of keys', () => {
    expect(secretTexts({ secrets: { password: 'hush-hush' }, values: { secretEnv: { PASSWORD: 'password' }, admin: { password: 'other-one' } }, environment: {} })).toEqual(['hush-hush', 'other-one']);
  });
});

const MANIFEST = `---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: notes }
spec:
  replicas: 2
  volumeClaimTemplates: [{ metadata: { name: data } }]
---
apiVersion: v1
kind: Secret
metadata: { name: generated }
data: { password: aHVudGVyMi1odW50ZXIy }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: notes }
`;

describe('a manifest', () => {
  it('tells what is made, the volumes of a StatefulSet too', () => {
    expect(plannedChanges(null, MANIFEST, 'notes', t => t).map(o => `${o.action} ${o.sort} ${o.kind} ${o.namespace}/${o.name}`)).toEqual([
      'create object StatefulSet notes/notes', 'create volume PersistentVolumeClaim notes/data-notes-0', 'create volume PersistentVolumeClaim notes/data-notes-1', 'create object Secret notes/generated', 'create object ClusterRole null/notes',
    ]);
  });

  it('tells what changes, without the contents of a Secret', () => {
    const after = MANIFEST.replace('replicas: 2', 'replicas: 3').replace('aHVudGVyMi1odW50ZXIy', 'b3RoZXItb3RoZXI=').replace('kind: ClusterRole\n', 'kind: ClusterRoleBinding\n');
    const changes = plannedChanges(MANIFEST, after, 'notes', maskOf([]));
    expect(changes.map(o => `${o.action} ${o.kind}`)).toEqual(['change StatefulSet', 'change Secret', 'create ClusterRoleBinding', 'delete ClusterRole']);
    expect(changes[0]?.detail).toContain('-  replicas: 2\n+  replicas: 3');
    expect(JSON.stringify(changes)).not.toMatch(/aHVudGVy|b3RoZXIt/);
    expect(plannedChanges(MANIFEST, MANIFEST, 'notes', t => t).every(o => o.action === 'unchanged')).toBe(true);
  });

  it('that is no manifest has no objects', () => expect(objectsIn('just words\n---\n- a\n- list\n---\nkind: X\n')).toEqual([]));
});

const entry = entryOf(entryYaml());
const place = { namespace: 'notes', release: 'notes', host: 'notes.example.com', entry, there: false };
const looked = (more: Partial<Looked> = {}): Looked => ({ manifest: MANIFEST, current: null, standing: [], releases: [], entrances: [], definitions: [], free: { cpu: 1, memory: 1, disk: 1, pods: 9 }, simulated: false, conflicts: [], ...more });
const object = (kind: string, name: string, spec: object, annotations: Record<string, string> = {}) => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'other', uid: '', resourceVersion: '', labels: {}, annotations, ownerReferences: [] }, spec });

describe('what stands in the way', () => {
  it('is a release, an object, an address or a port of somebody else', () => {
    const release = { name: 'notes', namespace: 'notes', revision: 1, updated: '', status: 'deployed' as const, chart: 'notes-1.0.0', app_version: '' };
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: notes }\nspec: { type: LoadBalancer, ports: [{ port: 22 }] }\n';
    expect(clusterConflicts(looked({ releases: [release] }), place).map(c => c.kind)).toEqual(['release']);
    expect(clusterConflicts(looked({ standing: [object('StatefulSet', 'notes', {})] }), place).map(c => [c.kind, c.at])).toEqual([['not_ours', 'StatefulSet other/notes']]);
    expect(clusterConflicts(looked({ entrances: [object('Ingress', 'shop', { rules: [{ host: 'notes.example.com' }] })] }), place).map(c => [c.kind, c.at])).toEqual([['record', 'notes.example.com']]);
    expect(clusterConflicts(looked({ manifest: service, entrances: [object('Service', 'gitea-ssh', { type: 'LoadBalancer', ports: [{ port: 22 }] })] }), place).map(c => [c.kind, c.at])).toEqual([['port', '22']]);
    const own = { 'meta.helm.sh/release-name': 'notes', 'meta.helm.sh/release-namespace': 'notes' };
    expect(clusterConflicts(looked({ standing: [object('StatefulSet', 'notes', {}, own)], entrances: [object('Ingress', 'notes', { rules: [{ host: 'notes.example.com' }] }, own)] }), place)).toEqual([]);
  });

  it('is another one of what fits only once', () => {
    const once = { ...entry, cluster: { ...entry.cluster, one_per_server: true } };
    const other = { name: 'cd', namespace: 'argocd', revision: 1, updated: '', status: 'deployed' as const, chart: `${entry.helm_chart.chart}-9.1.0`, app_version: '' };
    expect(clusterConflicts(looked({ releases: [other] }), { ...place, entry: once }).map(c => c.kind)).toEqual(['one_per_server']);
    expect(clusterConflicts(looked({ definitions: ['applications.argoproj.io'] }), { ...place, entry: once }).map(c => c.at)).toEqual(['applications.argoproj.io']);
    expect(clusterConflicts(looked({ releases: [other] }), place)).toEqual([]);
  });
});

describe('warnings', () => {
  const base = { entry, needs: { cpu: 2, memory: 0.5, disk: 0 }, looked: looked(), simulated: false, fresh: true, prerelease: false, unsure: null, from: null, to: '1.0.0', volumes: 0, host: null, namespace_foreign: false };
  it('are of what is too little, and ask again', () => expect(warningsOf(base).map(w => [w.kind, w.asks_again])).toEqual([['cpu', true]]));
  it('do not guess', () => expect(warningsOf({ ...base, looked: null }).map(w => w.kind)).toEqual(['unknown']));
  it('know an older version', () => {
    expect(warningsOf({ ...base, fresh: false, from: '2.0.0', volumes: 1 }).map(w => [w.kind, w.asks_again])).toEqual([['downgrade', true]]);
    expect([isLower('1.9.0', '1.10.0'), isLower('1.0.0-rc.1', '1.0.0'), isLower('v2.0', '1.9.9'), isLower('latest', '1.0.0')]).toEqual([true, true, false, false]);
  });
});

describe('a plan', () => {
  it('says what has changed since', () => {
    expect(changedSince({ a: 'x', b: 'y', c: 'not known' }, { a: 'x', b: 'z', c: 'here' })).toEqual(['b']);
    expect(stateOf({ a: '1', b: '2' })).toBe(stateOf({ b: '2', a: '1' }));
  });

  it('has another hash when anything of it is another', () => {
    const detail = { server_name: 's', namespace: 'n', release: 'r', chart: 'c', chart_version: '1', version: '1', from_version: null, host: null, ...limited([planned('object', 'Service', 'n', 'r', 'create')]), conflicts: [], warnings: [], requirements: { cpu: { needed: 0, free: 1 }, memory: { needed: 0, free: 1 }, disk: { needed: 0, free: 1 } }, grow: null, values_diff: '' };
    const drawn = { kind: 'deploy' as const, application: null, name: 'Notes', server: 's', zone: null, subdomain: null, revision: null, port: null, keep_volumes: false, reason: '', detail, expires_at: '', basis: { state: 'a', entry: 'e', entry_digest: 'd', sealed: null, application_seq: 0, facts: {} } };
    expect(hashOf({ ...drawn, reason: 'another', expires_at: 'later' })).toBe(hashOf(drawn));
    for (const other of [{ ...drawn, name: 'Other' }, { ...drawn, detail: { ...detail, host: 'x' } }, { ...drawn, keep_volumes: true }, { ...drawn, basis: { ...drawn.basis, state: 'b' } }]) expect(hashOf(other)).not.toBe(hashOf(drawn));
  });

  it('shows what changes first, and says how much is left out', () => {
    const many = [...Array.from({ length: 700 }, (_, n) => planned('object', 'ConfigMap', 'n', `same-${n}`, 'unchanged')), planned('object', 'Service', 'n', 'new', 'create')];
    const shown = limited(many);
    expect([shown.objects[0]?.name, shown.objects.length, shown.more_objects]).toEqual(['new', 600, 101]);
  });

  it('names the price of a larger server', () => {
    const type = (name: string, cpus: number, gib: number, gross: string, available = true) => ({ name, description: '', architecture: 'x86' as const, cpus, cpu_kind: 'shared' as const, memory_bytes: gib * 1024 ** 3, disk_bytes: 40 * 1024 ** 3, offers: [{ location: 'fsn1', available, hourly: { net: '0', gross: '0' }, monthly: { net: '0', gross } }] });
    const offered = { pricing: { currency: 'EUR', vat_percent: '19', ipv4: [], snapshot_gb_month: null }, types: [type('small', 2, 4, '4.5101'), type('huge', 16, 64, '60.00'), type('middle', 4, 8, '8.21'), type('gone', 4, 8, '1.00', false)] } as unknown as Parameters<typeof cheapest>[0];
    expect(cheapest(offered, 'small', 'fsn1', { cpu: 1, memory: 2, disk: 0 })).toEqual({ type: 'middle', currency: 'EUR', monthly_more: '3.6999' });
    expect(cheapest(offered, 'small', 'fsn1', { cpu: 100, memory: 0, disk: 0 })).toBeNull();
    expect(difference('1', '2.5')).toBe('-1.50');
  });

  it('begins a release with the name', () => expect(['Team notes', '  Ünïcode & Co. ', '日本'].map(slugOf)).toEqual(['team-notes', 'unicode-co', 'app']));
});

it.each([`${'['.repeat(20_000)}•••`, 'a: &a [•••]\nb: [*a, *a', `${'- '.repeat(5_000)}•••`])('values that are a bomb are refused also where they have a mask', async (values) => {
  const kept = { entry: entryOf(entryYaml()), version: '1.0.0', chart: { repository: 'local', chart: 'app', version: '1.0.0' }, choices: {}, environment: {}, overlay: '', values: {}, secret_name: 'x', secrets: { password: 'hush-hush' } };
  await expect(makeContent({ entry: entryOf(entryYaml()), version: { version: '1.0.0', app_version: null, chart_version: '1.0.0' }, subdomain: 'x', domain: 'example.com', time_zone: 'UTC', kept, values })).rejects.toMatchObject({ code: 'APPLICATION.VALUES_INVALID' });
});
