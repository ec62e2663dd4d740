import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localChart } from '@xanthus/deploy/charts';
import { entryOf, entryYaml, INPUTS, renderedOf } from './catalog.fixture.js';
import { checkValues, parseValues } from './check-values.js';
import { hostOf, releaseNameOf } from './names.js';
import { needsOf, shortages } from './needs.js';
import { filledName, renderValues, valuesText } from './render-values.js';
import { makeSecrets, withSecret } from './secrets.js';
import { leaves, valueAt, type Branch, type Tree } from './tree.js';

const RICH = `ports: [{ name: http, port: 8080 }, { name: admin, port: 9090 }]
volumes: [{ name: data, path: /data, size_gb: 2 }]
requirements: { min_cpu: 0.5, min_memory_gb: 1, min_disk_gb: 3 }
environment_variables:
  - { name: GREETING, default: "Hello from {{HOST}}" }
  - { name: API_KEY, secret: true }
  - { name: TEAM, required: true, description: Who it is for. }
secrets: [{ name: password }, { name: users, derive: { from: password, as: htpasswd, user: admin } }]
health_checks: { readiness: { path: /ready }, liveness: { command: [check, "--now"], failure_threshold: 5 }, address: { path: /ready } }
access: { kind: password, key: password }`;
const rich = entryOf(entryYaml(RICH, '        secretFiles: { /etc/users: users }'));
const app = (values: Branch, ...path: string[]): Tree | undefined => valueAt(values, ['components', 'app', ...path]);
const schema = localChart('app')?.schema as object;

describe('renderValues', () => {
  it('makes every field act in the values of our chart', () => {
    const { values, release_name, namespace, secret_name, host, tls_secret } = renderedOf(rich, { environment: { TEAM: 'blue', EXTRA: 'mine' }, secret_environment: ['API_KEY'] });
    expect({ release_name, namespace, secret_name, host, tls_secret }).toEqual({ release_name: 'hello-whoami', namespace: 'hello-whoami', secret_name: 'hello-whoami-secrets', host: 'hello.example.com', tls_secret: 'example.com-tls' });
    expect(values).toMatchObject({ timeZone: 'Europe/Berlin', secretName: 'hello-whoami-secrets', address: { host: 'hello.example.com', tlsSecret: 'example.com-tls', port: 'http' } });
    expect(app(values)).toEqual({
      image: { repository: 'traefik/whoami', tag: '1.11.0' },
      ports: { http: { port: 8080, protocol: 'TCP' }, admin: { port: 9090, protocol: 'TCP' } },
      volumes: { data: { path: '/data', size: '2Gi' } },
      env: { GREETING: 'Hello from hello.example.com', TEAM: 'blue', EXTRA: 'mine' },
      secretEnv: { API_KEY: 'API_KEY' },
      secretFiles: { '/etc/users': 'users' },
      probes: {
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
        livenessProbe: { exec: { command: ['check', '--now'] }, initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 5 },
      },
    });
    expect(checkValues(values, schema)).toEqual({ checked: true, problems: [] });
  });

  it('starts pods anew when their secrets are others', () => {
    expect(renderedOf(rich, { environment: { TEAM: 'x' }, secret_version: '2' }).values['secretVersion']).toBe('2');
    expect(renderedOf(rich, { environment: { TEAM: 'x' } }).values['secretVersion']).toBeUndefined();
  });

  it('goes without an address, on the domain itself, and with sizes of its own', () => {
    expect(renderedOf(rich, { domain: null, environment: { TEAM: 'x' } })).toMatchObject({ host: null, tls_secret: null, values: { address: { host: '', tlsSecret: '' } } });
    expect(renderedOf(rich, { subdomain: '@', environment: { TEAM: 'x' } })).toMatchObject({ host: 'example.com', release_name: 'example-com-whoami' });
    expect(app(renderedOf(rich, { environment: { TEAM: 'x' }, volume_sizes: { data: 0.5 } }).values, 'volumes', 'data', 'size')).toBe('512Mi');
    expect(needsOf(rich, { data: 12 })).toEqual({ cpu: 0.5, memory: 1, disk: 13 });
    expect(shortages(needsOf(rich), { cpu: 0.25, memory: null, disk: 40 })).toEqual([{ what: 'cpu', message: 'It needs 0.5 cores of CPU; 0.25 are free.' }]);
  });

  it('lays the person\'s values over everything, lists whole and null as Helm does', () => {
    const overlay = parseValues('components:\n  app:\n    replicas: 2\n    args: [--verbose]\n    env: { GREETING: null }\n').values as Branch;
    const { values, made } = renderedOf(rich, { environment: { TEAM: 'x' }, overlay });
    expect(app(values)).toMatchObject({ replicas: 2, args: ['--verbose'], env: { GREETING: null, TEAM: 'x' }, image: { tag: '1.11.0' } });
    expect(app(made, 'replicas')).toBeUndefined();
    expect(checkValues(values, schema).problems).toEqual([]);
  });

  it('asks for what is missing and refuses what is not there', () => {
    const { ok, problems } = renderValues(rich, { ...INPUTS, subdomain: 'No', environment: { API_KEY: 'plain' }, secret_environment: ['API_KYE'], choices: { COLOUR: 'red' }, volume_sizes: { dta: 3 } });
    expect(ok).toBe(false);
    expect(problems.map(p => p.path)).toEqual(['subdomain', 'choices.COLOUR', 'environment.API_KEY', 'environment.API_KYE', 'environment.TEAM', 'volume_sizes.dta']);
    expect(problems.map(p => p.message).join(' ')).toContain('Did you mean "API_KEY"?');
  });

  it('keeps the type of a placeholder that is the whole value, and gives Helm JSON in which nothing turns into something else', () => {
    const typed = entryOf(entryYaml('', '        replicas: "{{COPIES}}"\n        readOnlyRoot: "{{SAFE}}"\n        env: { COPIES: "{{COPIES}} copies", NOT: "no", OCTAL: "0123", TIME: "2026-11-21" }').replace('  values_template', '  placeholders: { COPIES: { type: number, default: 2 }, SAFE: { type: boolean, default: true } }\n  values_template'));
    const { values } = renderedOf(typed, { choices: { COPIES: 3 } });
    expect(app(values)).toMatchObject({ replicas: 3, readOnlyRoot: true, env: { COPIES: '3 copies', NOT: 'no', OCTAL: '0123', TIME: '2026-11-21' } });
    expect(JSON.parse(valuesText(values))).toEqual(values);
    expect(renderValues(typed, { ...INPUTS, choices: { COPIES: '3; rm' } }).problems[0]?.message).toBe('COPIES must be a number.');
  });

  it('lets no value change the structure: a text stays one text, whatever is in it', () => {
    const free = entryOf(entryYaml('', '        env: { A: "{{FREE}}", B: "<{{FREE}}>" }').replace('  values_template', '  placeholders: { FREE: { default: x } }\n  values_template'));
    const shape = (tree: Tree): string[] => { const paths: string[] = []; leaves(tree, (leaf, path) => paths.push(`${path.join('/')}:${typeof leaf}`)); return paths; };
    const before = shape(renderedOf(free).values);
    const nasty = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\nb: c', '"}', "'", '{a: 1}', '&a', '*a', '!!int 3', '# x', '$(id)', '`id`', '; rm -rf /', '$&', '$1', '{{VERSION}}', '{{ .Values.x }}', '\0', '-', '--set', '\u2028'));
    fc.assert(fc.property(nasty, text => {
      const { rendered, problems } = renderValues(free, { ...INPUTS, choices: { FREE: text } });
      if (rendered === null) { expect(problems.length).toBeGreaterThan(0); return; }
      expect(shape(rendered.values)).toEqual(before);
      expect(app(rendered.values, 'env')).toEqual({ A: text, B: `<${text}>` });
    }), { numRuns: 150 });
    fc.assert(fc.property(nasty, text => {
      for (const inputs of [{ subdomain: text }, { domain: text }, { time_zone: text }, { release_name: text }, { namespace: text }, { version: { version: text, app_version: null } }]) {
        const { rendered } = renderValues(free, { ...INPUTS, ...inputs });
        if (rendered !== null) expect(valuesText(rendered.values)).toMatch(/^[\x20-\x7e\n]*$/);
      }
    }), { numRuns: 60 });
  });

  it('names releases and objects so that they fit', () => {
    expect(releaseNameOf('blog', 'example.com', 'ghost')).toBe('blog-ghost');
    expect(releaseNameOf('9lives.team', 'example.com', 'ghost')).toBe('x-9lives-team-ghost');
    const long = releaseNameOf(`${'a'.repeat(60)}.b`, 'example.com', 'code-server');
    expect(long).toMatch(/^a{33}-[0-9a-f]{8}$/);
    expect(long).not.toBe(releaseNameOf(`${'a'.repeat(60)}.c`, 'example.com', 'code-server'));
    expect(hostOf('@', 'example.com')).toBe('example.com');
    expect(filledName('{{RELEASE_NAME}}-{{NAMESPACE}}', { release_name: 'r', namespace: 'n', secret_name: 's' })).toBe('r-n');
  });
});

describe('values of a person', () => {
  it('are told with their lines what the chart does not take', () => {
    const { values } = parseValues('components: { app: { image: { repository: a, tag: b }, replica: 2, kind: Job } }');
    expect(checkValues(values as Branch, schema).problems.map(p => `${p.path}: ${p.message}`)).toEqual([
      'components.app: The chart has no value "replica" here. Did you mean "replicas"?', 'components.app.kind: The chart takes one of "Deployment", "StatefulSet" here.',
    ]);
    const parsed = parseValues('components:\n  app:\n    image: { repository: a, tag: b }\n    kind: Job\n');
    expect(checkValues(parsed.values as Branch, schema).problems.map(parsed.place)).toMatchObject([{ line: 4, column: 5, path: 'components.app.kind' }]);
    expect(parseValues('a: 1\nb: [').problems[0]).toMatchObject({ line: 2 });
    expect(parseValues('- a').problems[0]?.message).toContain('mapping');
    expect(parseValues('').values).toEqual({});
    expect(parseValues(`a: "${'x'.repeat(1_048_576)}"`).problems[0]?.message).toContain('at most 1,048,576');
  });

  it('are held against a hostile schema without harm', () => {
    const slow = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
    expect(checkValues({ a: `${'a'.repeat(40)}!` }, slow, 100)).toEqual({ checked: false, problems: [] });
    expect(checkValues({}, { $ref: 'https://example.com/schema.json' })).toEqual({ checked: false, problems: [] });
    expect(checkValues({}, { $schema: 'https://json-schema.org/draft/2020-12/schema', required: ['a'] })).toMatchObject({ checked: true, problems: [{ message: "The chart refuses this value: it must have required property 'a'." }] });
    expect(checkValues({}, { type: 'nonsense' }).checked).toBe(false);
  });
});

describe('makeSecrets', () => {
  let next = 0;
  const tools = { randomInt: (limit: number) => (next += 7) % limit, bcrypt: (text: string) => Promise.resolve(`$2b$10$${text.length}`) };

  it('makes each once, derives hashes, and keeps them over upgrades', async () => {
    const first = await makeSecrets(rich, tools);
    expect(first['password']).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(first['users']).toBe('admin:$2y$10$32');
    expect(await makeSecrets(rich, tools, first)).toEqual(first);
    const changed = await makeSecrets(rich, tools, { ...first, password: 'chosen' }, new Set(['password']));
    expect(changed).toEqual({ password: 'chosen', users: 'admin:$2y$10$6' });
    expect(await withSecret(rich, tools, { ...first, API_KEY: 'given' }, 'password', 'other')).toEqual({ password: 'other', users: 'admin:$2y$10$5', API_KEY: 'given' });
  });

  it('fills in a text around a secret literally', async () => {
    const entry = { secrets: [{ name: 'p', description: '', length: 16, alphabet: 'hex' as const }, { name: 'conf', description: '', length: 16, alphabet: 'hex' as const, derive: { from: 'p', as: 'plain' as const, text: 'requirepass {{VALUE}}\n' } }] };
    expect(await makeSecrets(entry, tools, { p: '$& $1' }, new Set(['p']))).toEqual({ p: '$& $1', conf: 'requirepass $& $1\n' });
  });
});
