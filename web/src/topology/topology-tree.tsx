import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import type { Topology, TopologyNode } from './topology-model.js';

/** As an id of the page: without spaces. */
export const treeId = (id: string, key: string): string => `${id}-${key.replaceAll(' ', '-')}`;

/** The picture for who does not see it: each node says how it is, and what it is connected with. */
export const TopologyTree = ({ topology, id, active }: { readonly topology: Topology; readonly id: string; readonly active: string | undefined }): ReactNode => {
  const names = new Map(topology.nodes.map(n => [n.key, n.name]));
  const beside = (key: string): string => topology.edges.flatMap(e => (e.from === key ? [names.get(e.to)] : e.to === key ? [names.get(e.from)] : [])).join(', ');
  return (
    <span role="presentation" className="sr-only">
      {topology.nodes.map(node => (
        <span key={node.key} id={treeId(id, node.key)} role="treeitem" aria-level={LEVELS[node.kind]} aria-selected={active === node.key}>
          {t('{kind} {name}: {state}', { kind: WORDS[node.kind], name: node.name, state: node.state })}{beside(node.key) && `. ${t('With {others}', { others: beside(node.key) })}`}
        </span>
      ))}
    </span>
  );
};

const LEVELS: Readonly<Record<TopologyNode['kind'], number>> = { server: 1, application: 2, zone: 3 };
export const WORDS: Readonly<Record<TopologyNode['kind'], string>> = { server: t('Server'), application: t('Application'), zone: t('Domain') };
