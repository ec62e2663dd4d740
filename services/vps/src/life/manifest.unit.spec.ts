import { describe, expect, it } from '@jest/globals';
import { changedIn, hashOf, namedIn, outcomesOf, planOf, readManifest, type Answer } from './manifest.js';

const doc = (kind: string, name: string, more = '', api = 'v1'): string => `apiVersion: ${api}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const codeOf = (yaml: string): unknown => {
  try {
    return readManifest(yaml).length;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a manifest', () => {
  it('is several documents, lists opened, empty ones skipped', () => {
    const yaml = ['', doc('Namespace', 'shop'), '# just a comment', doc('Deployment', 'web', '  namespace: shop\n', 'apps/v1'), `apiVersion: v1\nkind: List\nitems:\n- ${doc('Secret', 'a').replaceAll('\n', '\n  ')}`].join('\n---\n');
    expect(readManifest(yaml)).toEqual([
      { kind: 'Namespace', group: '', name: 'shop', namespace: null }, { kind: 'Deployment', group: 'apps', name: 'web', namespace: 'shop' }, { kind: 'Secret', group: '', name: 'a', namespace: null },
    ]);
  });

  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((n, i) => `${n}: &${n} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[i]}`).join(',')}]\n`).join('')}`;
  it.each([
    ['a syntax error', 'a: [1,', 'MANIFEST.UNREADABLE'], ['a repeated field', 'a: 1\na: 2\n', 'MANIFEST.UNREADABLE'], ['a number', '42', 'MANIFEST.UNREADABLE'], ['no kind', 'apiVersion: v1\nmetadata: {name: x}', 'MANIFEST.UNREADABLE'],
    ['no apiVersion', 'kind: Pod\nmetadata: {name: x}', 'MANIFEST.UNREADABLE'], ['a name that is generated', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: x-}', 'MANIFEST.UNREADABLE'],
    ['a name that is an option', doc('Pod', '--all'), 'MANIFEST.UNREADABLE'], ['a namespace that is a path', doc('Pod', 'x', '  namespace: ../kube-system\n'), 'MANIFEST.UNREADABLE'], ['metadata that is null', 'apiVersion: v1\nkind: Pod\nmetadata:\n', 'MANIFEST.UNREADABLE'],
    ['a bomb of aliases', bomb, 'MANIFEST.UNREADABLE'], ['nothing', '', 'MANIFEST.EMPTY'], ['comments', '# x\n---\n# y', 'MANIFEST.EMPTY'],
    ['too many', Array.from({ length: 201 }, (_, i) => doc('Pod', `p${i}`)).join('---\n'), 'MANIFEST.TOO_LARGE'], ['too large', `${doc('ConfigMap', 'x')}# ${'é'.repeat(20 * 1024)}`, 'MANIFEST.TOO_LARGE'],
  ])('is refused: %s', (_name, yaml, code) => expect(codeOf(yaml)).toBe(code));

  it('says in which document and line it is broken', () => {
    expect(() => readManifest(`${doc('Pod', 'a')}---\nkind: [\n`)).toThrow(expect.objectContaining({ details: { document: 2, line: expect.any(Number) } }));
  });
});

describe('what kubectl said', () => {
  const objects = readManifest([doc('Namespace', 'shop'), doc('Deployment', 'web', '  namespace: shop\n', 'apps/v1'), doc('ConfigMap', 'same', '  namespace: default\n')].join('---\n'));
  const answer = (more: Partial<Answer>): Answer => ({ taken: new Set(), said: '', existed: new Set(), changed: undefined, ...more });
  const outcomes = (more: Partial<Answer>): string[] => outcomesOf(objects, answer(more)).map(o => o.outcome);
  const all = namedIn('namespace/shop serverside-applied (server dry run)\ndeployment.apps/web serverside-applied (server dry run)\nconfigmap/same serverside-applied (server dry run)\nWarning: nonsense\n');

  it('tells what is new, what changes and what stays', () => {
    const existed = namedIn('deployment.apps/web\nconfigmap/same\n');
    expect(outcomes({ taken: all })).toEqual(['created', 'created', 'created']);
    expect(outcomes({ taken: all, existed, changed: changedIn('diff -u -N /tmp/LIVE-42/apps.v1.Deployment.shop.web /tmp/MERGED-42/apps.v1.Deployment.shop.web\n') })).toEqual(['created', 'configured', 'unchanged']);
    expect(outcomes({ taken: all, existed })).toEqual(['created', 'configured', 'configured']);
    expect(outcomes({ taken: all, existed, changed: changedIn('') })).toEqual(['created', 'unchanged', 'unchanged']);
  });

  it('tells why each was refused', () => {
    const said = 'Error from server (Invalid): Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1\nError from server (Forbidden): something "other" is forbidden\n';
    expect(outcomesOf(objects, answer({ taken: namedIn('namespace/shop serverside-applied'), said }))).toMatchObject([{ outcome: 'created' }, { outcome: 'refused', message: expect.stringContaining('Invalid value: -1') }, { outcome: 'refused' }]);
    expect(outcomesOf(objects, answer({}))).toMatchObject([{ message: 'The cluster did not say what it does with it.' }, {}, {}]);
  });

  it('does not take for refused what only waits for its namespace or kind', () => {
    const said = 'Error from server (NotFound): namespaces "shop" not found\n';
    expect(outcomesOf(objects, answer({ taken: namedIn('namespace/shop serverside-applied\nconfigmap/same serverside-applied'), said }))[1]).toMatchObject({ outcome: 'created', message: expect.stringContaining('only when') });
    expect(outcomesOf(objects, answer({ taken: namedIn('configmap/same serverside-applied'), existed: namedIn('namespace/shop'), said }))[1]).toMatchObject({ outcome: 'refused' });
    const crd = readManifest([doc('CustomResourceDefinition', 'widgets.example.com', '', 'apiextensions.k8s.io/v1'), doc('Widget', 'w', '', 'example.com/v1')].join('---\n'));
    const noMatch = 'error: resource mapping not found for name: "w" namespace: "" from "STDIN": no matches for kind "Widget" in version "example.com/v1"\n';
    expect(outcomesOf(crd, answer({ taken: namedIn('customresourcedefinition.apiextensions.k8s.io/widgets.example.com serverside-applied'), said: noMatch }))).toMatchObject([{ outcome: 'created' }, { outcome: 'created' }]);
  });

  it('is another plan for another text, server or outcome', () => {
    const [a, b] = [outcomesOf(objects, answer({ taken: all })), outcomesOf(objects, answer({ taken: all, existed: namedIn('namespace/shop') }))];
    expect(new Set([planOf('s1', hashOf('x'), a), planOf('s1', hashOf('y'), a), planOf('s2', hashOf('x'), a), planOf('s1', hashOf('x'), b)]).size).toBe(4);
    expect(planOf('s1', hashOf('x'), a)).toBe(planOf('s1', hashOf('x'), a));
  });
});
