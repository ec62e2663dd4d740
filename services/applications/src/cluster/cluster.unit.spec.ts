import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@xanthus/kernel';
import fc from 'fast-check';
import { z } from 'zod';
import { named, readJson } from './call.js';
import { quantity } from './capacity.js';
import { isNoObject, isNoRelease, refusalOf } from './cluster-errors.js';
import type { Cluster } from './cluster.js';
import { helmHistory } from './helm.js';
import { workloadOf } from './inventory.js';
import { lineReader } from './lines.js';
import { MASK, masked, maskOf } from './mask.js';
import { kindOf, listObjects } from './objects.js';

/** As Helm 3 and 4 and kubectl have printed them. */
const SAID: readonly (readonly [code: string, part: RegExp, said: string])[] = [
  ['CHART.BUSY', /in progress/, 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress'],
  ['CHART.NOT_OURS', /ConfigMap notes is there already/, 'Error: unable to continue with install: ConfigMap "notes" in namespace "a" exists and cannot be imported into the current release: invalid ownership metadata; label validation error'],
  ['CHART.CRD_MISSING', /IngressRoute/, 'Error: unable to build kubernetes objects from release manifest: resource mapping not found for name: "x" namespace: "" from "": no matches for kind "IngressRoute" in version "traefik.io/v1alpha1"\nensure CRDs are installed first'],
  ['CHART.CRD_CONFLICT', /only one/i, 'Error: failed to install CRD crds/app.yaml: customresourcedefinitions.apiextensions.k8s.io "applications.argoproj.io" already exists'],
  ['CHART.WEBHOOK', /validate\.nginx\.ingress/, 'Error: Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call webhook: Post "https://x:443": context deadline exceeded'],
  ['CHART.VALUES', /replicas/, 'Error: values don\'t meet the specifications of the schema(s) in the following chart(s):\nsmall:\n- at \'/replicas\': got string, want integer'],
  ['CHART.RENDER', /a title/, 'Error: execution error at (small/templates/all.yaml:29:17): a title'],
  ['CHART.HOOK', /migrate/, 'Error: INSTALLATION FAILED: pre-install hooks failed: job migrate failed: BackoffLimitExceeded'],
  ['CHART.NOT_READY', /ready in time/, 'Error: UPGRADE FAILED: context deadline exceeded'],
  ['CLUSTER.QUOTA', /requests\.cpu/, 'Error from server (Forbidden): error when creating "STDIN": pods "x" is forbidden: exceeded quota: small, requested: requests.cpu=2'],
  ['CLUSTER.FORBIDDEN', /User "bob"/, 'Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods"'],
  ['CLUSTER.UNREACHABLE', /K3s/, 'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?'],
  ['CLUSTER.UNREACHABLE', /K3s/, 'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:6443/version": dial tcp 127.0.0.1:6443: connect: connection refused'],
  ['CLUSTER.NO_KUBERNETES', /k3s\.yaml/, 'error: stat /etc/rancher/k3s/k3s.yaml: no such file or directory'],
  ['CLUSTER.NO_HELM', /Helm/, 'xanthus-no-helm'],
  ['CLUSTER.NO_KUBERNETES', /K3s/, 'xanthus-no-kubectl'],
  ['CLUSTER.DISK_FULL', /full/, 'Error: write /tmp/x: no space left on device'],
  ['CLUSTER.TERMINATING', /deleted/, 'Error from server (Forbidden): secrets "x" is forbidden: unable to create new content in namespace a because it is being terminated'],
  ['CLUSTER.REFUSED', /something new/, 'warn: x\nError: something new has happened\nmore'],
  ['CLUSTER.REFUSED', /said nothing/, ''],
];

describe('what the programs say', () => {
  it.each(SAID)('is %s, %s', (code, part, said) => {
    const refusal = refusalOf('helm upgrade', said);
    expect([refusal.code, refusal.message]).toEqual([code, expect.stringMatching(part)]);
  });

  it('is one line of bounded length, whatever it is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (said) => {
      const { message, details } = refusalOf('helm', said);
      expect(message.length).toBeLessThan(700);
      expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(JSON.stringify(details).length).toBeLessThan(12_000);
    }));
  });

  it('that something is not there is told from everything else', () => {
    expect([isNoRelease('Error: release: not found'), isNoRelease('Error: uninstall: Release not loaded: x: release: not found'), isNoRelease('Error: chart not found')]).toEqual([true, true, false]);
    expect([isNoObject('Error from server (NotFound): pods "x" not found'), isNoObject('Error: connection refused')]).toEqual([true, false]);
  });
});

const answering = (stdout: string, truncated = false): Cluster => ({ facts: { simulated: false, helm: '4.2.3', kubernetes: '1.36.3' }, run: async () => ({ code: 0, stdout, stderr: '', truncated }), follow: async () => ({ code: 0, stderr: '' }), putFile: () => Promise.reject(new Error('no')) });
const limits = { signal: new AbortController().signal, timeout_ms: 1_000 };

describe('an answer that is none', () => {
  it.each(['', 'no json', '{"items":7}', '[]', '{"items":[{"metadata":{}}]}', 'null', `{"items":"${'x'.repeat(1_048_576)}"}`])('of kubectl is refused: %.40s', async (stdout) => {
    await expect(listObjects(answering(stdout), ['pods'], {}, limits)).rejects.toMatchObject({ code: 'CLUSTER.REFUSED' });
  });

  it.each(['', '{}', '[{"revision":"one"}]', '[{"revision":0}]'])('of helm is refused: %s', async (stdout) => {
    await expect(helmHistory(answering(stdout), { namespace: 'a', release: 'a' }, limits)).rejects.toMatchObject({ code: 'CLUSTER.REFUSED' });
  });

  it('is refused where it was cut, however good its beginning', () => {
    expect(() => readJson('x', z.object({}), { stdout: '{}', truncated: true })).toThrow(/more than is read/);
  });
});

describe('an argument', () => {
  it.each(['', '-n', '--all', 'a b', 'a;b', '$(id)', '../x', 'A', 'a\nb', 'a'.repeat(300)])('is no name: %j', (name) => { expect(() => named(name)).toThrow(TypeError); });
  it.each(['', '-n', 'pods,secrets', 'a b', 'pods/x'])('is no kind: %j', (kind) => { expect(() => kindOf(kind)).toThrow(TypeError); });
});

describe('secrets', () => {
  it('are in nothing that leaves, in no form', () => {
    fc.assert(fc.property(fc.array(fc.string({ minLength: 6, maxLength: 40 }).filter(s => s.trim().length >= 6 && !MASK.includes(s)), { minLength: 1, maxLength: 4 }), fc.string(), (secrets, around) => {
      const mask = maskOf(secrets);
      for (const secret of secrets) for (const form of [secret, Buffer.from(secret).toString('base64'), JSON.stringify(secret), encodeURIComponent(secret)]) expect(mask(`${around} ${form} ${around}`)).not.toContain(secret);
    }));
    expect(maskOf(['hush-hush', 'hush-hush-more'])('a hush-hush-more b hush-hush c')).toBe(`a ${MASK} b ${MASK} c`);
    expect(maskOf(['-----BEGIN\nfirst line\nsecond line'])('x second line y')).toBe(`x ${MASK} y`);
    expect(maskOf(['abc', ''])('abc')).toBe('abc');
  });

  it('are taken out of lines, errors and refusals', async () => {
    const lines: string[] = [];
    const loud: Cluster = { ...answering(''), run: async (program, _argv, { onLine }) => {
      onLine?.('the password is hush-hush');
      if (program === 'helm') throw new Refusal('CLUSTER.UNREACHABLE', 'lost while hush-hush was said', undefined, true);
      return { code: 1, stdout: '', stderr: 'Error: hush-hush', truncated: false };
    } };
    const quiet = masked(loud, maskOf(['hush-hush']));
    expect(await quiet.run('kubectl', [], { ...limits, onLine: line => void lines.push(line) })).toMatchObject({ stderr: `Error: ${MASK}` });
    await expect(quiet.run('helm', [], limits)).rejects.toMatchObject({ code: 'CLUSTER.UNREACHABLE', retryable: true, message: `lost while ${MASK} was said` });
    expect(lines).toEqual([`the password is ${MASK}`]);
  });
});

describe('small things', () => {
  it('lines are the same however the bytes come', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 20 })), fc.integer({ min: 1, max: 9 }), (texts, step) => {
      const bytes = Buffer.from(texts.join('\n'));
      const read = (by: number): string[] => {
        const lines: string[] = [];
        const reader = lineReader(line => void lines.push(line));
        for (let i = 0; i < bytes.length; i += by) reader.push(bytes.subarray(i, i + by));
        reader.end();
        return lines;
      };
      expect(read(step)).toEqual(read(10_000));
    }));
  });

  it.each([['250m', 0.25], ['2', 2], ['1Gi', 1_073_741_824], ['1e3', 1_000], ['128Mi', 134_217_728], ['100n', 1e-7], ['x', 0], ['', 0]] as const)('%s is %d', (text, expected) => { expect(quantity(text)).toBeCloseTo(expected, 9); });

  it('a pod belongs to the Deployment behind its ReplicaSet', () => {
    const pod = (kind: string, name: string, labels = {}) => ({ metadata: { ownerReferences: [{ kind, name }], labels } }) as never;
    expect(workloadOf(pod('ReplicaSet', 'web-5d8f', { 'pod-template-hash': '5d8f' }))).toBe('Deployment/web');
    expect(workloadOf(pod('StatefulSet', 'db'))).toBe('StatefulSet/db');
    expect(workloadOf({ metadata: { ownerReferences: [], labels: {} } } as never)).toBeNull();
  });
});
