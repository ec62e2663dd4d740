import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entryYaml } from './catalog.fixture.js';
import { parseEntry } from './parse-entry.js';
import { parseYaml } from './yaml.js';

const problemsOf = (yaml: string) => parseEntry(yaml).problems.map(({ line, path, message }) => ({ line, path, message }));
const messages = (yaml: string): string => problemsOf(yaml).map(p => `${p.line ?? '-'} ${p.path}: ${p.message}`).join('\n');

describe('parseEntry', () => {
  it('takes an entry and fills in presets', () => {
    const { ok, entry } = parseEntry(entryYaml());
    expect(ok).toBe(true);
    expect(entry).toMatchObject({ id: 'whoami', category: 'Other', helm_chart: { namespace: '{{RELEASE_NAME}}' }, access: { kind: 'none' }, update_policy: { auto: 'none', rollback: true }, health_checks: { address: { path: '/' } } });
  });

  it('tells all that is wrong at once, each with its line and column', () => {
    const found = parseEntry('id: Who Ami\nname: Whoami\ndescripton: oops\nversion_source:\n  type: github\n  source: nobody\nhelm_chart:\n  repository: local\n  chart: app\n  version: latest\ndefault_port: "80"\n').problems;
    expect(found.map(({ line, column, path }) => [line, column, path])).toEqual([
      [1, 1, 'id'], [1, 1, 'description'], [3, 1, 'descripton'], [10, 3, 'helm_chart.version'], [11, 1, 'default_port'],
    ]);
    expect(found.find(p => p.path === 'descripton')?.message).toBe('There is no field "descripton" here. Did you mean "description"?');
    expect(found.find(p => p.path === 'helm_chart.version')?.message).toContain('"latest" would deploy something else tomorrow');
  });

  it.each([
    ['a placeholder that there is not, with the nearest', entryYaml('', '        env: { A: "{{SUBDOMIAN}}" }'), 'Did you mean "SUBDOMAIN"?'],
    ['one in the wrong case', entryYaml('', '        env: { A: "{{Domain}}" }'), 'Did you mean "DOMAIN"?'],
    ['one as older entries wrote it', entryYaml('', '        env: { A: "{{.ReleaseName}}" }'), 'Did you mean "RELEASE_NAME"?'],
    ['a placeholder in a name', entryYaml('', '        env: { "{{HOST}}": x }'), 'A name cannot hold a placeholder'],
    ['a placeholder of its own that nothing uses', entryYaml().replace('  values_template', '  placeholders: { COLOUR: { default: red } }\n  values_template'), '{{COLOUR}} is used nowhere'],
    ['a preset that does not fit its own pattern', entryYaml('', '        env: { A: "{{N}}" }').replace('  values_template', '  placeholders: { N: { default: "x1", pattern: "\\\\d+" } }\n  values_template'), 'N must fit \\d+.'],
    ['no version anywhere', entryYaml().replace('{{VERSION}}', '1.0'), 'Choosing a version would change nothing'],
    ['a pattern that is none', entryYaml().replace('type: static', 'type: static, pattern: "("'), 'This is no regular expression'],
    ['a pattern that goes on for ever', entryYaml().replace('type: static, versions: [', `type: static, pattern: "(a+)+b", versions: ["${'a'.repeat(60)}", `), 'takes too long'],
    ['versions that do not fit the pattern', entryYaml().replace('type: static', 'type: static, pattern: "2.*"'), '1.11.0 does not fit the pattern 2.*.'],
    ['a chart that is not there', entryYaml().replace('chart: app', 'chart: apps'), 'no chart apps of its own'],
    ['another version of our chart', entryYaml().replace('version: 1.0.0', 'version: 9.0.0'), 'is there in the version 1.0.0'],
    ['a namespace of the cluster', entryYaml().replace('  values_template', '  namespace: kube-system\n  values_template'), 'belongs to the cluster'],
    ['a chart over plain http', entryYaml().replace('repository: local', 'repository: http://charts.example.com'), 'Charts come over https'],
    ['a user in an address', entryYaml().replace('repository: local', 'repository: https://me:secret@charts.example.com'), 'no user, password'],
    ['volumes that the chart would not see', entryYaml('volumes: [{ name: d, path: /d, size_gb: 1 }]\nrequirements: { min_disk_gb: 1 }').replace('repository: local', 'repository: https://charts.example.com'), 'say in values_path'],
    ['variables that the chart would not see', entryYaml('environment_variables: [{ name: A }]').replace('repository: local', 'repository: https://charts.example.com'), 'bindings.environment'],
    ['an address that the chart would not serve', entryYaml().replace('repository: local', 'repository: https://charts.example.com'), 'use {{HOST}}'],
    ['less disk than the volumes', entryYaml('volumes: [{ name: d, path: /d, size_gb: 5 }]'), 'The volumes alone are 5 GB'],
    ['a secret that nothing uses', entryYaml('secrets: [{ name: password }]'), 'The secret password is used nowhere'],
    ['a secret that there is not', entryYaml('', '        secretEnv: { A: pasword }'), 'pasword is none of the secrets'],
    ['a preset for a secret', entryYaml('environment_variables: [{ name: A, secret: true, default: hunter2 }]'), 'A secret has no preset'],
    ['two of a name', entryYaml('ports: [{ name: a, port: 8080 }, { name: a, port: 81 }]'), 'There are two called a'],
    ['a default port that is none of the ports', entryYaml('ports: [{ name: a, port: 81 }]'), '8080 is none of the ports'],
    ['an address to what speaks no HTTP', entryYaml('ports: [{ name: a, port: 8080, http: false }]'), 'address: null'],
    ['an icon with a script', entryYaml(`icon: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>'`), '<script> is not taken'],
    ['an icon that does something', entryYaml(`icon: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" onload="alert(1)"></svg>'`), 'onload is not taken'],
    ['an icon that refers', entryYaml(`icon: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="" fill="url(#a)"/></svg>'`), 'stands by itself'],
  ])('refuses %s', (_, yaml, expected) => {
    expect(messages(yaml)).toContain(expected);
  });

  it('leaves braces alone that are none of ours', () => {
    expect(messages(entryYaml('', '        env: { A: "{{ $labels.x }} {{ .Values.y }} {{port}}" }'))).toBe('');
  });
});

describe('hostile YAML', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...[...'bcdefghij'].map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[i] ?? 'a'}`).join(',')}]`)].join('\n');
  it.each([
    ['a bomb of aliases', bomb],
    ['a bomb of merges', 'a: &a {x: 1}\nb: {<<: *a, <<: *a}\n'],
    ['tags of the language', 'a: !!js/function "function () {}"'],
    ['binary', 'a: !!binary aGVsbG8='],
    ['own tags', '!danger {a: 1}'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['the same name twice', 'id: a\nid: b'],
    ['__proto__', '__proto__: {polluted: true}'],
    ['constructor', 'helm_chart: {constructor: {prototype: {polluted: true}}}'],
    ['brackets without end', '['.repeat(20_000)],
    ['dashes without end', '- '.repeat(15_000)],
    ['a megabyte', `a: "${'x'.repeat(1_048_576)}"`],
    ['NUL', 'id: "a\0b"'],
    ['a number that cannot be kept', 'default_port: 90071992547409931234'],
    ['infinity', 'default_port: .inf'],
    ['a list', '- id'],
    ['a text', 'hello'],
    ['nothing', ''],
    ['tabs', 'a:\n\tb: 1'],
  ])('refuses %s with a sentence', (_, yaml) => {
    const { ok, problems } = parseEntry(yaml);
    expect(ok).toBe(false);
    expect(problems.length).toBeGreaterThan(0);
    for (const { message } of problems) expect(message).toMatch(/^[^\n]{8,}[.?]$/);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('never throws, whatever the text or the shape', () => {
    const odd = fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.string(), fc.array(fc.anything({ maxDepth: 2 })), fc.dictionary(fc.string(), fc.anything({ maxDepth: 2 })));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => { expect(typeof parseEntry(text).ok).toBe('boolean'); }), { numRuns: 80 });
    const base = entryYaml('ports: [{ name: web, port: 8080 }]\nsecrets: []');
    const lines = base.split('\n');
    fc.assert(fc.property(fc.nat(lines.length - 1), odd, (at, value) => {
      const mutated = lines.map((line, i) => (i === at ? line.replace(/: .*$/, `: ${JSON.stringify(value) ?? 'null'}`) : line)).join('\n');
      const { ok, problems } = parseEntry(mutated);
      expect(ok || problems.length > 0).toBe(true);
    }), { numRuns: 120 });
  });

  it('counts what aliases stand for, and keeps harmless ones', () => {
    expect(parseYaml('a: &x {b: 1}\nc: *x', { bytes: 100 }).value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(parseYaml('a: &x [1,2,3,4,5]\nb: [*x,*x,*x]', { bytes: 100, nodes: 15 }).problems[0]?.message).toContain('aliases counted each time');
  });
});
