import { Eye, LayoutGrid, RotateCcw, Rocket } from 'lucide-react';
import { useState, type ComponentType, type ReactNode } from 'react';
import { Page } from '../app/page.js';
import { AdoptLink } from '../servers/adopt-link.js';
import { NewServerLink } from '../servers/new-server-link.js';
import { SandboxCard } from '../servers/sandbox-card.js';
import { useServers } from '../servers/servers.data.js';
import { useSessionState } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { EmptyState, PageBody } from '../ui/panel.js';
import { useMedia } from '../ui/use-media.js';
import { useLayout } from './dashboard.data.js';
import { bandsOf, show, shownTiles, type Layout, type TileKey } from './layout.js';
import { ArrangingContext } from './tile.js';
import { AlertsTile } from './tiles/alerts-tile.js';
import { ApplicationsTile } from './tiles/applications-tile.js';
import { CostsTile } from './tiles/costs-tile.js';
import { DomainsTile } from './tiles/domains-tile.js';
import { EventsTile } from './tiles/events-tile.js';
import { NextTile } from './tiles/next-tile.js';
import { RunningTile } from './tiles/running-tile.js';
import { ServersTile } from './tiles/servers-tile.js';
import { useArranging } from './use-arranging.js';

const TILES: Readonly<Record<TileKey, ComponentType>> = { running: RunningTile, servers: ServersTile, applications: ApplicationsTile, alerts: AlertsTile, domains: DomainsTile, costs: CostsTile, events: EventsTile, next: NextTile };
const TITLES: Readonly<Record<TileKey, string>> = {
  running: t('Under way'), servers: t('Servers'), applications: t('Applications'), alerts: t('Alerts'), domains: t('Domains'), costs: t('Cost this month'), events: t('Latest events'), next: t('Next steps'),
};

export const DashboardPage = (): ReactNode => {
  const [layout, setLayout] = useLayout();
  const [on, setOn] = useState(false);
  const { arranging, said } = useArranging(on, layout, setLayout, TITLES);
  const servers = useServers();
  const fresh = servers.status === 'ready' && servers.rows.size === 0;
  return (
    <Page title={t('Dashboard')} actions={on ? undefined : (
      <>
        <Button kind="quiet" className="max-sm:hidden" icon={<LayoutGrid aria-hidden className="size-4" />} onClick={() => setOn(true)}>{t('Arrange')}</Button>
        {servers.status !== 'denied' && <><AdoptLink className="max-md:hidden" /><NewServerLink /></>}
      </>
    )}>
      <PageBody>
        <p aria-live="assertive" className="sr-only">{said}</p>
        {on && <ArrangeBar layout={layout} onChange={setLayout} onDone={() => setOn(false)} />}
        {fresh && !on && <Welcome />}
        <ArrangingContext value={arranging}><Tiles keys={shownTiles(layout)} /></ArrangingContext>
        {!fresh && !on && ![...servers.rows.values()].some(s => s.provider === 'sandbox') && <div className="mt-4"><SandboxCard /></div>}
        {!on && <p className="mt-4 sm:hidden"><Button icon={<LayoutGrid aria-hidden className="size-4" />} onClick={() => { setOn(true); scrollTo({ top: 0 }); }}>{t('Arrange')}</Button></p>}
      </PageBody>
    </Page>
  );
};

const Tiles = ({ keys }: { readonly keys: readonly TileKey[] }): ReactNode => {
  const two = useMedia('(min-width: 1024px)');
  const draw = (key: TileKey): ReactNode => { const Shown = TILES[key]; return <Shown key={key} />; };
  if (!two) return <div className="grid gap-4">{keys.map(draw)}</div>;
  return (
    <div className="grid gap-4">
      {bandsOf(keys, 2).map(band => ('wide' in band ? draw(band.wide) : (
        <div key={band.columns.flat()[0]} className="grid grid-cols-2 items-start gap-4">{band.columns.map((column, i) => <div key={i === 0 ? 'left' : 'right'} className="grid gap-4">{column.map(draw)}</div>)}</div>
      )))}
    </div>
  );
};

const ArrangeBar = ({ layout, onChange, onDone }: { readonly layout: Layout; readonly onChange: (layout: Layout | null) => void; readonly onDone: () => void }): ReactNode => (
  <section aria-label={t('Arrange the dashboard')} className="sticky top-16 z-10 mb-4 flex animate-rise flex-wrap items-center gap-2 rounded-xl border border-line-strong bg-raised p-3 shadow-pop">
    <p className="mr-auto text-[13px] text-ink-2">{layout.hidden.length === 0 ? t('Drag tiles by their handle, or move them with the arrow keys. For you alone, kept at once.') : t('Hidden:')}
      {layout.hidden.length > 0 && <span className="ml-2 inline-flex flex-wrap gap-1.5">{layout.hidden.map(key => <Button key={key} size="sm" icon={<Eye aria-hidden className="size-3.5" />} aria-label={t('Show {title}', { title: TITLES[key] })} onClick={() => onChange(show(layout, key))}>{TITLES[key]}</Button>)}</span>}
    </p>
    <Button icon={<RotateCcw aria-hidden className="size-4" />} onClick={() => onChange(null)}>{t('Reset to default')}</Button>
    <Button kind="primary" onClick={onDone}>{t('Done')}</Button>
  </section>
);

const Welcome = (): ReactNode => {
  const state = useSessionState();
  const person = state.status === 'signed_in' ? state.identity.user.name.split(' ')[0] ?? '' : '';
  return (
    <div className="mx-auto mb-6 max-w-xl">
      <EmptyState icon={<Rocket />} title={t('Welcome, {person}', { person })} action={<><NewServerLink /><AdoptLink /></>}>
        {t('Have a server made at a provider, set up with K3s in a few minutes. Or adopt a machine that you reach by SSH: nothing is installed on it, and removing it here leaves it as it was.')}
      </EmptyState>
      <SandboxCard />
    </div>
  );
};
