import { Link } from '@tanstack/react-router';
import { VERSION } from '@xanthus/proto';
import type { ReactNode } from 'react';
import changelog from '../../../CHANGELOG.md?raw';
import { Page } from '../app/page.js';
import { t } from '../texts/text.js';
import { Facts, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { releasesOf } from './changelog.js';
import { Services } from './status-page.js';
import { useMeasured } from './status.data.js';

const RELEASES = releasesOf(changelog);
/** The name of the script that was loaded says which build it is; none while it is developed. */
const BUILD = /-([\w-]{8})\.js$/.exec(document.querySelector<HTMLScriptElement>('script[src*="/console-"]')?.src ?? '')?.[1];

/** Which version this is, what is new in it, and whether all of it is well. */
export const AboutPage = (): ReactNode => {
  const { measured } = useMeasured();
  const versions = [...new Set(measured?.services.flatMap(s => s.health?.version ?? []) ?? [])];
  return (
    <Page title={t('About')}>
      <PageBody>
        <div className="grid gap-4">
          <Panel title="Xanthus">
            <Facts rows={[
              [t('Version'), <span key="version" className="figure" data-testid="version">{measured?.version ?? '–'}</span>],
              [t('This console'), <span key="console" className="figure">{BUILD === undefined ? VERSION : t('{version}, build {build}', { version: VERSION, build: BUILD })}</span>],
              [t('Services'), versions.length === 0 ? '–' : versions.length === 1 ? t('All {version}', { version: versions[0] ?? '' }) : t('Several versions at once, as while it is being updated: {versions}', { versions: versions.join(', ') })],
            ]} />
          </Panel>
          <Panel title={t('What is new')}>
            <div className="grid gap-4 text-[13px]" lang="en">
              {RELEASES.map(release => (
                <section key={release.title} aria-label={release.title}>
                  <h3 className="font-medium">{release.title}</h3>
                  <ul className="mt-1.5 list-disc space-y-1 pl-5 text-ink-2">{release.lines.map(line => <li key={line}>{line}</li>)}</ul>
                </section>
              ))}
            </div>
          </Panel>
          <Panel title={t('Health of the services')} aside={<Link to="/status" className="text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink">{t('Status')}</Link>} flush>
            {measured === undefined ? <div className="p-4"><SkeletonRows rows={7} label={t('Asking the services')} /></div> : <Services of={measured} />}
          </Panel>
        </div>
      </PageBody>
    </Page>
  );
};
