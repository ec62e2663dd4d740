import { PLACEHOLDERS, type CatalogEntry } from '@xanthus/proto/applications';
import { bindingRules } from './binding-rules.js';
import { iconProblem } from './icon.js';
import { SYSTEM_NAMESPACES } from './names.js';
import { chosenProblem, fill, fitting, namesOf, patternProblem, textProblems, treeProblems } from './placeholders.js';
import { leaves, type Branch, type Path } from './tree.js';

export interface RuleProblem { readonly path: Path; readonly message: string }

/** What the shape of an entry cannot say: fields that have to fit each other, and fields that would have no effect. */
export const entryRules = (entry: CatalogEntry): readonly RuleProblem[] => [
  ...sourceRules(entry), ...chartRules(entry), ...uniqueRules(entry), ...placeholderRules(entry), ...secretRules(entry), ...portRules(entry), ...bindingRules(entry), ...otherRules(entry),
];

const SOURCE_FORMS = {
  github: { form: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/, says: 'owner/repository, such as grafana/grafana' },
  dockerhub: { form: /^[a-z0-9][a-z0-9._-]{0,127}(?:\/[a-z0-9][a-z0-9._-]{0,127})?$/, says: 'an image of Docker Hub, such as postgres or grafana/grafana' },
  helm: { form: /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/, says: 'the https address of a Helm repository' },
} as const;

const sourceRules = ({ version_source: source, helm_chart: chart, update_policy }: CatalogEntry): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  const at = (field: string, message: string): void => { problems.push({ path: ['version_source', field], message }); };
  if (source.type === 'static') {
    if (source.versions.length === 0) at('versions', 'A static source lists its versions here.');
    if (source.source !== '') at('source', 'A static source asks nobody; leave "source" out.');
    if (update_policy.auto !== 'none') problems.push({ path: ['update_policy', 'auto'], message: 'A static source never has anything newer; write "none".' });
  } else if (!SOURCE_FORMS[source.type].form.test(source.source) || /\/\.{1,2}$/.test(source.source)) at('source', `Give ${SOURCE_FORMS[source.type].says}.`);
  if (source.type === 'helm') {
    if (source.source.replace(/\/$/, '') !== chart.repository.replace(/\/$/, '') || (source.chart ?? chart.chart) !== chart.chart) at('source', 'The versions are those of the chart: name the same repository and chart as in helm_chart.');
  } else if (source.chart !== undefined) at('chart', 'Only a source of the type helm has a chart.');
  if (source.pattern !== undefined) {
    const listed = source.versions.map(version => version.replace(/^v(?=\d)/, ''));
    const why = patternProblem(source.pattern, listed);
    if (why !== undefined) at('pattern', why);
    else for (const version of listed.filter(v => !fitting(source.pattern ?? '', listed).includes(v))) at('versions', `${version} does not fit the pattern ${source.pattern}.`);
  }
  for (const version of source.versions) if (!/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}$/.test(version)) at('versions', `"${version}" can be no version: letters, digits, dots, hyphens, plus and underscores are.`);
  return problems;
};

/** Plain http only inside of one's own network: a chart becomes what runs. */
const isNear = (address: string): boolean => /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/|$)/.test(address);

const chartRules = ({ helm_chart: chart }: CatalogEntry): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  if (chart.repository.startsWith('http://') && !isNear(chart.repository)) problems.push({ path: ['helm_chart', 'repository'], message: 'Charts come over https: what is in them runs on the server.' });
  if (/@|\/\.\.?(?:\/|$)/.test(chart.repository)) problems.push({ path: ['helm_chart', 'repository'], message: 'An address has no user, password, "." and ".." in it.' });
  if (SYSTEM_NAMESPACES.has(chart.namespace) || chart.namespace.startsWith('kube-')) problems.push({ path: ['helm_chart', 'namespace'], message: `${chart.namespace} belongs to the cluster; use {{RELEASE_NAME}} or a name of its own.` });
  return problems;
};

const uniqueRules = (entry: CatalogEntry): RuleProblem[] =>
  (['ports', 'volumes', 'environment_variables', 'secrets'] as const).flatMap(list => {
    const seen = new Set<string>();
    return entry[list].flatMap(({ name }, i) => (seen.has(name) || !seen.add(name) ? [{ path: [list, i, 'name'], message: `There are two called ${name}; each needs a name of its own.` }] : []));
  });

const placeholderRules = (entry: CatalogEntry): RuleProblem[] => {
  const known = namesOf(entry);
  const built = new Set<string>(PLACEHOLDERS);
  const own = entry.helm_chart.placeholders;
  const text = (path: Path, value: string, names: ReadonlySet<string> = known): RuleProblem[] => textProblems(value, names).map(message => ({ path, message }));
  const template = entry.helm_chart.values_template as Branch;
  const used = new Set<string>();
  const use = (value: string): void => { for (const [, name = ''] of value.matchAll(/\{\{\s*([A-Z][A-Z0-9_]*)\s*\}\}/g)) used.add(name); };
  leaves(template, leaf => { if (typeof leaf === 'string') use(leaf); });
  for (const { default: preset } of entry.environment_variables) if (preset !== undefined) use(preset);
  const problems = [
    ...treeProblems(template, known, ['helm_chart', 'values_template']),
    ...text(['helm_chart', 'namespace'], entry.helm_chart.namespace, new Set(['SUBDOMAIN', 'RELEASE_NAME'])),
    ...entry.environment_variables.flatMap(({ default: preset }, i) => (preset === undefined ? [] : text(['environment_variables', i, 'default'], preset))),
    ...Object.entries(entry.access).flatMap(([field, value]) => (typeof value === 'string' && field !== 'hint' ? text(['access', field], value) : [])),
  ];
  for (const [name, one] of Object.entries(own)) {
    const path = ['helm_chart', 'placeholders', name];
    if (built.has(name)) problems.push({ path, message: `${name} is there already; give yours another name.` });
    if (!used.has(name)) problems.push({ path, message: `{{${name}}} is used nowhere; take it out, or use it in values_template.` });
    if (one.pattern !== undefined && patternProblem(one.pattern) !== undefined) problems.push({ path: [...path, 'pattern'], message: patternProblem(one.pattern) as string });
    if (typeof one.default === 'string') problems.push(...text([...path, 'default'], one.default, built));
    const sample = typeof one.default === 'string' ? fill(one.default, Object.fromEntries(PLACEHOLDERS.map(n => [n, 'x']))) : one.default;
    const plain = typeof one.default !== 'string' || !one.default.includes('{{');
    const why = sample === undefined ? undefined : chosenProblem(name, plain ? one : { ...one, pattern: undefined, choices: undefined }, sample);
    if (why !== undefined) problems.push({ path: [...path, 'default'], message: why });
  }
  return problems;
};

const secretRules = ({ secrets, environment_variables: variables, access }: CatalogEntry): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  const made = new Map(secrets.map(secret => [secret.name, secret]));
  const given = new Set(variables.filter(v => v.secret).map(v => v.name));
  secrets.forEach(({ name, derive }, i) => {
    if (given.has(name)) problems.push({ path: ['secrets', i, 'name'], message: `There is a secret variable ${name} too; both would be the same key.` });
    if (derive === undefined) return;
    const source = made.get(derive.from);
    if (source === undefined || source.derive !== undefined) problems.push({ path: ['secrets', i, 'derive', 'from'], message: `${derive.from} is no secret of this list that is made by itself.` });
    if (derive.as === 'htpasswd' && derive.user === undefined) problems.push({ path: ['secrets', i, 'derive'], message: 'A line of htpasswd needs a user.' });
    if (derive.text !== undefined && !derive.text.includes('{{VALUE}}')) problems.push({ path: ['secrets', i, 'derive', 'text'], message: 'The text has {{VALUE}} where the secret stands.' });
  });
  variables.forEach((v, i) => {
    if (v.secret && v.default !== undefined) problems.push({ path: ['environment_variables', i, 'default'], message: 'A secret has no preset: everybody would know it. Let Xanthus make one (secrets), or leave it to the person.' });
  });
  if (access.kind === 'password' && access.secret === '{{SECRET_NAME}}' && !made.has(access.key) && !given.has(access.key)) problems.push({ path: ['access', 'key'], message: `${access.key} is none of the secrets of this entry.` });
  return problems;
};

const portRules = ({ ports, default_port: first, health_checks: checks }: CatalogEntry): RuleProblem[] => {
  const problems: RuleProblem[] = [];
  const seen = new Set<string>();
  ports.forEach(({ port, protocol, http }, i) => {
    const key = `${port}/${protocol}`;
    if (seen.has(key)) problems.push({ path: ['ports', i, 'port'], message: `${key} stands here twice.` });
    seen.add(key);
    if (http && protocol === 'UDP') problems.push({ path: ['ports', i], message: 'HTTP runs over TCP; write http: false.' });
  });
  const main = ports.find(p => p.port === first && p.protocol === 'TCP');
  if (ports.length > 0 && main === undefined) problems.push({ path: ['default_port'], message: `${first} is none of the ports.` });
  if (main !== undefined && !main.http && checks.address !== null) problems.push({ path: ['health_checks'], message: `The port ${first} speaks no HTTP, so it gets no address: write health_checks: { address: null }.` });
  return problems;
};

/** Bytes of an entry with everything that its aliases stand for. */
const WHOLE_LIMIT = 64_000;

const otherRules = (entry: CatalogEntry): RuleProblem[] => {
  const { icon, requirements, volumes } = entry;
  const problems: RuleProblem[] = [];
  if (Buffer.byteLength(JSON.stringify(entry)) > WHOLE_LIMIT) problems.push({ path: [], message: `With everything that its aliases stand for this is more than ${WHOLE_LIMIT / 1_000} KB.` });
  const why = icon === '' ? undefined : iconProblem(icon);
  if (why !== undefined) problems.push({ path: ['icon'], message: why });
  const disk = volumes.reduce((sum, { size_gb }) => sum + size_gb, 0);
  if (requirements.min_disk_gb < disk) problems.push({ path: ['requirements', 'min_disk_gb'], message: `The volumes alone are ${disk} GB; min_disk_gb is at least that.` });
  return problems;
};
