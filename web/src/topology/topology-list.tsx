import type { ReactNode } from 'react';
import { t } from '../texts/text.js';
import { Panel } from '../ui/panel.js';
import { StatusPill } from '../ui/status-pill.js';
import { ThingLink } from '../ui/thing-link.js';
import type { Topology, TopologyNode } from './topology-model.js';

/** The same as the picture, as lists within lists. */
export const TopologyList = ({ topology, found }: { readonly topology: Topology; readonly found: ReadonlySet<string> | undefined }): ReactNode => {
  const nodes = new Map(topology.nodes.map(n => [n.key, n]));
  const next = (key: string): readonly TopologyNode[] => topology.edges.flatMap(e => (e.from === key ? nodes.get(e.to) ?? [] : []));
  const led = new Set(topology.edges.map(e => e.to));
  const fits = (node: TopologyNode): boolean => found === undefined || found.has(node.key) || next(node.key).some(fits);
  const roots = topology.nodes.filter(n => (n.kind === 'server' || !led.has(n.key)) && fits(n));
  if (roots.length === 0) return <p className="py-8 text-center text-ink-2">{t('Nothing fits.')}</p>;
  const groups = [[t('Servers'), roots.filter(n => n.kind === 'server')], [t('Applications on other servers'), roots.filter(n => n.kind === 'application')], [t('Domains that lead to nothing here'), roots.filter(n => n.kind === 'zone')]] as const;
  return (
    <div className="grid gap-4">
      {groups.map(([title, list]) => list.length > 0 && <Panel key={title} title={title} flush><ul aria-label={title} className="divide-y divide-line">{list.map(n => <Item key={n.key} node={n} next={next} fits={fits} depth={0} />)}</ul></Panel>)}
    </div>
  );
};

interface Props { readonly node: TopologyNode; readonly next: (key: string) => readonly TopologyNode[]; readonly fits: (node: TopologyNode) => boolean; readonly depth: number }

const Item = ({ node, next, fits, depth }: Props): ReactNode => {
  const below = next(node.key).filter(n => depth > 0 || fits(n) || fits(node));
  return (
    <li>
      <div className="relative flex min-h-10 items-center gap-3 py-1.5 pr-4 transition-colors hover:bg-raised/60" style={{ paddingLeft: `${1.15 + depth * 1.6}rem` }}>
        <ThingLink to={node.link} className={`min-w-0 truncate text-[13px] after:absolute after:inset-0 ${depth === 0 ? 'font-medium' : ''}`}>{node.name}</ThingLink>
        <span className="min-w-0 flex-1 truncate text-[12px] text-ink-3">{node.sub}</span>
        <StatusPill tone={node.tone} {...(node.moving ? { moving: true } : {})}>{node.state}</StatusPill>
      </div>
      {below.length > 0 && <ul aria-label={t('With {name}', { name: node.name })} className="border-t border-line/60">{below.map(n => <Item key={n.key} node={n} next={next} fits={fits} depth={depth + 1} />)}</ul>}
    </li>
  );
};
