import type { CatalogEntry } from '@xanthus/proto/applications';
import { parseEntry } from './parse-entry.js';
import { renderValues, type RenderInputs, type Rendered } from './render-values.js';

/** A small entry; `more` is appended, `values` stands at the end of the app component. */
export const entryYaml = (more = '', values = ''): string => `id: whoami
name: Whoami
description: Answers with what was asked.
version_source: { type: static, versions: ["1.11.0", "1.10.4"] }
default_port: 8080
${more}
helm_chart:
  repository: local
  chart: app
  version: 1.0.0
  values_template:
    components:
      app:
        image: { repository: traefik/whoami, tag: "{{VERSION}}" }
${values}`;

export const entryOf = (yaml: string): CatalogEntry => {
  const { entry, problems } = parseEntry(yaml);
  if (entry === null) throw new Error(problems.map(p => `${p.line ?? 0}: ${p.path}: ${p.message}`).join('\n'));
  return entry;
};

export const INPUTS: RenderInputs = { version: { version: '1.11.0', app_version: null }, subdomain: 'hello', domain: 'example.com', time_zone: 'Europe/Berlin' };

export const renderedOf = (entry: CatalogEntry, inputs: Partial<RenderInputs> = {}): Rendered => {
  const { rendered, problems } = renderValues(entry, { ...INPUTS, ...inputs });
  if (rendered === null) throw new Error(problems.map(p => `${p.path}: ${p.message}`).join('\n'));
  return rendered;
};
