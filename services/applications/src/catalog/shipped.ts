// oxlint-disable-next-line typescript/triple-slash-reference -- the only way to declare *.yaml for every program that imports this file
/// <reference path="./texts.d.ts" />
import argocd from '../../catalog/argocd.yaml';
import codeServer from '../../catalog/code-server.yaml';
import ghost from '../../catalog/ghost.yaml';
import gitea from '../../catalog/gitea.yaml';
import grafana from '../../catalog/grafana.yaml';
import headlamp from '../../catalog/headlamp.yaml';
import mariadb from '../../catalog/mariadb.yaml';
import metabase from '../../catalog/metabase.yaml';
import mongodb from '../../catalog/mongodb.yaml';
import n8n from '../../catalog/n8n.yaml';
import nextcloud from '../../catalog/nextcloud.yaml';
import openWebui from '../../catalog/open-webui.yaml';
import postgresql from '../../catalog/postgresql.yaml';
import prometheus from '../../catalog/prometheus.yaml';
import uptimeKuma from '../../catalog/uptime-kuma.yaml';
import valkey from '../../catalog/valkey.yaml';
import vaultwarden from '../../catalog/vaultwarden.yaml';
import wordpress from '../../catalog/wordpress.yaml';
import xanthus from '../../catalog/xanthus.yaml';
import type { CatalogEntry } from '@xanthus/proto/applications';
import { parseEntry } from './parse-entry.js';

export interface ShippedEntry { readonly entry: CatalogEntry; readonly yaml: string }

const TEXTS: readonly string[] = [argocd, codeServer, ghost, gitea, grafana, headlamp, mariadb, metabase, mongodb, n8n, nextcloud, openWebui, postgresql, prometheus, uptimeKuma, valkey, vaultwarden, wordpress, xanthus];

const read = (yaml: string): ShippedEntry => {
  const { entry, problems } = parseEntry(yaml);
  if (entry === null) throw new Error(`A shipped entry is wrong: ${problems.map(p => `line ${p.line ?? 0}: ${p.path}: ${p.message}`).join(' ')}`);
  return { entry, yaml };
};
let shipped: readonly ShippedEntry[] | undefined;

/** The entries that this version of Xanthus brings along, by name. Read once, when first asked for. */
export const shippedEntries = (): readonly ShippedEntry[] => shipped ??= TEXTS.map(read).toSorted((a, b) => a.entry.name.localeCompare(b.entry.name, 'en'));

export const shippedEntry = (id: string): ShippedEntry | undefined => shippedEntries().find(({ entry }) => entry.id === id);
