import { localChart } from '@xanthus/deploy/charts';
import { PLACEHOLDERS, type CatalogEntry } from '@xanthus/proto/applications';
import type { RuleProblem } from './rules.js';
import { isBranch, leaves, valueAt, type Branch } from './tree.js';

/** Fields that the chart of the entry would not take up are refused: nothing is written down for nothing. */
export const bindingRules = (entry: CatalogEntry): readonly RuleProblem[] => (entry.helm_chart.repository === 'local' ? localRules(entry) : foreignRules(entry));

const textsOf = (template: Branch): readonly string[] => {
  const texts: string[] = [];
  leaves(template, leaf => { if (typeof leaf === 'string') texts.push(leaf); });
  return texts;
};
const uses = (entry: CatalogEntry, name: (typeof PLACEHOLDERS)[number]): boolean => {
  const own = Object.values(entry.helm_chart.placeholders).map(p => (typeof p.default === 'string' ? p.default : ''));
  return [...textsOf(entry.helm_chart.values_template as Branch), ...own].some(text => new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(text));
};

const localRules = (entry: CatalogEntry): RuleProblem[] => {
  const { helm_chart: chart, secrets, environment_variables: variables, volumes } = entry;
  const problems: RuleProblem[] = [];
  const found = localChart(chart.chart);
  if (found === undefined) return [{ path: ['helm_chart', 'chart'], message: `Xanthus has no chart ${chart.chart} of its own; there is "app".` }];
  if (found.version !== chart.version) problems.push({ path: ['helm_chart', 'version'], message: `The chart ${chart.chart} is there in the version ${found.version}.` });
  if (chart.bindings !== undefined) problems.push({ path: ['helm_chart', 'bindings'], message: 'Charts of Xanthus need no bindings; leave them out.' });
  const components = valueAt(chart.values_template as Branch, ['components']);
  if (!isBranch(components) || !isBranch(components['app'])) return [...problems, { path: ['helm_chart', 'values_template'], message: 'values_template has components, and "app" is the one that the address leads to.' }];
  const has = (name: string): boolean => isBranch(components[name]);
  volumes.forEach((v, i) => {
    if (!has(v.component)) problems.push({ path: ['volumes', i, 'component'], message: `There is no component ${v.component}.` });
    if (v.values_path !== undefined) problems.push({ path: ['volumes', i, 'values_path'], message: 'Charts of Xanthus know where volumes go; leave it out.' });
  });
  variables.forEach((v, i) => { if (!has(v.component)) problems.push({ path: ['environment_variables', i, 'component'], message: `There is no component ${v.component}.` }); });
  const declared = new Set([...secrets.map(s => s.name), ...variables.filter(v => v.secret).map(v => v.name)]);
  const used = new Set<string>(variables.filter(v => v.secret).map(v => v.name));
  for (const [name, component] of Object.entries(components)) {
    for (const field of ['secretEnv', 'secretFiles']) {
      const map = valueAt(component, [field]);
      for (const [at, key] of isBranch(map) ? Object.entries(map) : []) {
        const path = ['helm_chart', 'values_template', 'components', name, field, at];
        if (typeof key !== 'string' || !declared.has(key)) problems.push({ path, message: `${String(key)} is none of the secrets of this entry.` });
        else used.add(key);
      }
    }
  }
  for (const { derive } of secrets) if (derive !== undefined) used.add(derive.from);
  if (entry.access.kind === 'password') used.add(entry.access.key);
  secrets.forEach(({ name }, i) => { if (!used.has(name)) problems.push({ path: ['secrets', i, 'name'], message: `The secret ${name} is used nowhere: name it in secretEnv or secretFiles of a component.` }); });
  if (!uses(entry, 'VERSION')) problems.push({ path: ['helm_chart', 'values_template'], message: 'Choosing a version would change nothing: use {{VERSION}}, for example as the tag of the image.' });
  return problems;
};

const foreignRules = (entry: CatalogEntry): RuleProblem[] => {
  const { helm_chart: chart, version_source: source, secrets, environment_variables: variables, volumes, health_checks: checks } = entry;
  const problems: RuleProblem[] = [];
  variables.forEach((v, i) => {
    if (chart.bindings?.environment === undefined) problems.push({ path: ['environment_variables', i], message: 'This chart would not see it: say in helm_chart.bindings.environment where variables go in its values.' });
    else if (v.secret && chart.bindings.environment_form === 'map') problems.push({ path: ['environment_variables', i, 'secret'], message: 'Variables of this chart are a map of texts, which can hold no secret.' });
    if (v.component !== 'app') problems.push({ path: ['environment_variables', i, 'component'], message: 'Only charts of Xanthus have components.' });
  });
  volumes.forEach((v, i) => {
    if (v.values_path === undefined) problems.push({ path: ['volumes', i], message: 'This chart would not see it: say in values_path where its size goes in the values.' });
    if (v.component !== 'app') problems.push({ path: ['volumes', i, 'component'], message: 'Only charts of Xanthus have components.' });
  });
  for (const kind of ['readiness', 'liveness', 'startup'] as const) {
    if (checks[kind] !== undefined && chart.bindings?.health_checks === undefined) problems.push({ path: ['health_checks', kind], message: 'This chart would not see it: say in helm_chart.bindings.health_checks where probes go in its values.' });
  }
  if ((secrets.length > 0) && !uses(entry, 'SECRET_NAME')) problems.push({ path: ['secrets'], message: 'The chart would not see them: use {{SECRET_NAME}} in values_template where it takes an existing Secret.' });
  if (source.type !== 'helm' && !uses(entry, 'VERSION')) problems.push({ path: ['helm_chart', 'values_template'], message: 'Choosing a version would change nothing: use {{VERSION}}, for example as the tag of the image.' });
  if (checks.address !== null && !uses(entry, 'HOST') && !(uses(entry, 'SUBDOMAIN') && uses(entry, 'DOMAIN'))) problems.push({ path: ['helm_chart', 'values_template'], message: 'The address would lead nowhere: use {{HOST}} for the host of the ingress, or write health_checks: { address: null }.' });
  return problems;
};
