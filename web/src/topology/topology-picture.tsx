import { useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Maximize2, Minus, MoveHorizontal, Plus } from 'lucide-react';
import { memo, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { t } from '../texts/text.js';
import { IconButton } from '../ui/button.js';
import { treeId, TopologyTree } from './topology-tree.js';
import { COLUMNS, NODE, related, step, xOf, type Direction, type Topology, type TopologyEdge, type TopologyNode } from './topology-model.js';

const KEYS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', Home: 'first', End: 'last' };
const ZOOM = { least: 0.15, most: 2, step: 1.25 } as const;
const TOOLS = [['larger', t('Larger'), Plus], ['smaller', t('Smaller'), Minus], ['width', t('Fit the width'), MoveHorizontal], ['all', t('Show all'), Maximize2]] as const;
const within = (zoom: number): number => Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));

/**
 * Drawn as SVG, for eyes. Keyboard and screen reader have the same as a tree, of which the picture shows where one is.
 * `found`: what a search found; the rest fades.
 */
export const TopologyPicture = ({ topology, found }: { readonly topology: Topology; readonly found: ReadonlySet<string> | undefined }): ReactNode => {
  const navigate = useNavigate();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<number>();
  const [active, setActive] = useState<string>();
  const [focused, setFocused] = useState(false);
  const [pointed, setPointed] = useState<string>();
  const lit = useMemo(() => { const key = pointed ?? (focused ? active : undefined); return key === undefined ? found : related(topology, key); }, [topology, pointed, focused, active, found]);

  /** As wide as there is room, but never larger than it was drawn; whole: as high too. */
  const fit = (whole: boolean): number => {
    const { clientWidth = topology.width, clientHeight = topology.height } = box.current ?? {};
    return within(Math.min(1, clientWidth / topology.width, whole ? clientHeight / topology.height : 1));
  };
  const shown = zoom ?? 1;
  // Before the first paint of the picture its room is not known.
  useEffect(() => { setZoom(z => z ?? within(Math.min(1, (box.current?.clientWidth ?? topology.width) / topology.width))); }, [topology.width]);
  useEffect(() => {
    const at = topology.nodes.find(n => n.key === active);
    if (!focused || !at || !box.current) return;
    const { scrollTop, clientHeight } = box.current;
    const [top, bottom] = [at.y * shown, (at.y + NODE.height) * shown];
    if (top < scrollTop || bottom > scrollTop + clientHeight) box.current.scrollTo({ top: top - clientHeight / 2 });
  }, [active, focused, shown, topology]);

  const open = (key: string | undefined): void => {
    const node = topology.nodes.find(n => n.key === key);
    if (node) void navigate(node.link as unknown as Parameters<typeof navigate>[0]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = KEYS[event.key];
    if (direction) { event.preventDefault(); setActive(step(topology, active, direction)); }
    if (event.key === 'Enter') { event.preventDefault(); open(active); }
    if (event.key === '+' || event.key === '=') setZoom(within(shown * ZOOM.step));
    if (event.key === '-') setZoom(within(shown / ZOOM.step));
    if (event.key === '0') setZoom(fit(false));
  };
  const resize = (how: (typeof TOOLS)[number][0]): void => setZoom(how === 'larger' ? within(shown * ZOOM.step) : how === 'smaller' ? within(shown / ZOOM.step) : fit(how === 'all'));
  return (
    <div className="relative">
      <div ref={box} role="tree" tabIndex={0} data-own-keys aria-label={t('Servers, their applications and domains')} aria-activedescendant={active === undefined ? undefined : treeId(id, active)} onKeyDown={onKeyDown}
        onFocus={() => { setFocused(true); setActive(a => a ?? topology.nodes[0]?.key); }} onBlur={() => setFocused(false)} onPointerDown={drag}
        onPointerMove={event => setPointed(keyAt(event.target))} onPointerLeave={() => setPointed(undefined)} onClick={event => open(keyAt(event.target))}
        className="h-[calc(100dvh-13rem)] min-h-96 cursor-grab overflow-auto rounded-xl border border-line bg-surface active:cursor-grabbing">
        <TopologyTree topology={topology} id={id} active={active} />
        <svg aria-hidden width={topology.width * shown} height={topology.height * shown} viewBox={`0 0 ${topology.width} ${topology.height}`} className="mx-auto block select-none" data-testid="topology-picture">
          {COLUMNS.map(kind => <text key={kind} x={xOf(kind) + 2} y={24} className="fill-ink-3 text-[11.5px] font-medium">{HEADS[kind]}</text>)}
          {topology.edges.map(edge => <Edge key={edge.key} edge={edge} topology={topology} dim={lit !== undefined && !(lit.has(edge.from) && lit.has(edge.to))} />)}
          {topology.nodes.map(node => <Node key={node.key} node={node} dim={lit !== undefined && !lit.has(node.key)} active={focused && active === node.key} />)}
        </svg>
      </div>
      <div className="absolute bottom-3 right-3 flex rounded-lg border border-line bg-surface shadow-pop">{TOOLS.map(([how, label, Icon]) => <IconButton key={how} label={label} onClick={() => resize(how)}><Icon aria-hidden className="size-4" /></IconButton>)}</div>
    </div>
  );
};

const HEADS: Readonly<Record<TopologyNode['kind'], string>> = { server: t('Servers'), application: t('Applications'), zone: t('Domains') };

const keyAt = (target: EventTarget | null): string | undefined => (target instanceof Element ? target.closest<SVGGElement>('[data-node]')?.dataset['node'] : undefined);

/** Drags the ground under the pointer; a finger scrolls as everywhere. */
const drag = (event: PointerEvent<HTMLDivElement>): void => {
  if (event.pointerType !== 'mouse' || event.button !== 0 || keyAt(event.target)) return;
  const box = event.currentTarget;
  const { clientX: x, clientY: y } = event;
  const { scrollLeft, scrollTop } = box;
  const move = (e: globalThis.PointerEvent): void => box.scrollTo({ left: scrollLeft - (e.clientX - x), top: scrollTop - (e.clientY - y) });
  const end = (): void => { removeEventListener('pointermove', move); removeEventListener('pointerup', end); };
  addEventListener('pointermove', move);
  addEventListener('pointerup', end);
};

const DOT: Readonly<Record<TopologyNode['tone'], string>> = { ok: 'fill-ok', warn: 'fill-warn', bad: 'fill-bad', info: 'fill-info', idle: 'fill-ink-3' };
/** So many letters have room. */
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const Node = memo(({ node, dim, active }: { readonly node: TopologyNode; readonly dim: boolean; readonly active: boolean }): ReactNode => (
  <g data-node={node.key} transform={`translate(${node.x} ${node.y})`} className={clsx('cursor-pointer transition-opacity duration-150', dim && 'opacity-25')}>
    <title>{`${node.name}: ${node.state}`}</title>
    <rect width={NODE.width} height={NODE.height} rx={8} className={active ? 'fill-accent-wash stroke-accent' : 'fill-surface stroke-line-strong hover:fill-raised'} strokeWidth={active ? 2 : 1} />
    <circle cx={16} cy={NODE.height / 2} r={4.5} className={clsx('dot', DOT[node.tone], node.moving && 'animate-breathe')} />
    <text x={30} y={17} className="fill-ink text-[12.5px] font-medium">{cut(node.name, 26)}</text>
    <text x={30} y={32} className="fill-ink-3 text-[11px]">{cut(node.tone === 'ok' ? node.sub : `${node.state} · ${node.sub}`, 32)}</text>
  </g>
));

const Edge = memo(({ edge, topology, dim }: { readonly edge: TopologyEdge; readonly topology: Topology; readonly dim: boolean }): ReactNode => {
  const from = topology.nodes.find(n => n.key === edge.from);
  const to = topology.nodes.find(n => n.key === edge.to);
  if (!from || !to) return null;
  const [x1, y1, x2, y2] = [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2];
  const bend = (x2 - x1) / 2;
  return <path d={`M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`} fill="none" strokeWidth={1.5} className={clsx('transition-opacity duration-150', edge.tone === 'bad' ? 'stroke-bad' : 'stroke-line-strong', dim ? 'opacity-15' : 'opacity-80')} />;
});
