import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { PackageSearch } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import type { ApplicationWish, CatalogEntry } from '../contracts.js';
import { useDelayed } from '../dns/use-delayed.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button, buttonClass } from '../ui/button.js';
import { Field, SelectField, TextField } from '../ui/field.js';
import { Forbidden } from '../ui/forbidden.js';
import { EmptyState, PageBody, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { catalogEntries, checkHost, entryVersions, planApplication, prerequisites } from './applications.data.js';
import { EntryIcon } from './entry-icon.js';
import { isAccepted, PlanPanel } from './plan-panel.js';
import { usePlan } from './use-plan.js';

const CRUMBS = [{ label: t('Applications'), to: '/applications' }, { label: t('Catalog'), to: '/catalog' }] as const;

export const DeployPage = (): ReactNode => {
  const client = useClient();
  const { entry: id } = useSearch({ from: '/shell/applications/new' });
  const may = useCan(maySend(client.tenant, planApplication));
  const asked = useQuery({ queryKey: ['catalog', client.tenant], enabled: may, queryFn: () => catalogEntries(client, {}) });
  const ground = useQuery({ queryKey: ['prerequisites', client.tenant], enabled: may, queryFn: () => prerequisites(client, {}) });
  const entry = asked.data?.entries.find(e => e.entry.id === id)?.entry;
  const error = asked.error ?? ground.error;
  return (
    <Page title={entry ? t('Deploy {name}', { name: entry.name }) : t('Deploy')} crumbs={CRUMBS}>
      <PageBody narrow>
        {!may ? <Forbidden right="applications.application.plan" title={t('You may not deploy applications')} /> : error ? <ProblemNote problem={toProblem(error)} onRetry={() => { void asked.refetch(); void ground.refetch(); }} /> : !asked.data || !ground.data ? <Panel flush><SkeletonRows label={t('Loading what is needed')} /></Panel>
          : !entry ? <EmptyState icon={<PackageSearch />} title={t('Choose something first')} action={<Link to="/catalog" className={buttonClass('primary')}>{t('Catalog')}</Link>}>{t('There is no entry of that name in the catalog.')}</EmptyState>
          : ground.data.servers.some(s => s.ready) ? <DeployForm key={entry.id} entry={entry} ground={ground.data} /> : <NoServer ground={ground.data} />}
      </PageBody>
    </Page>
  );
};

type Ground = Awaited<ReturnType<typeof askGround>>;
const askGround = (client: ReturnType<typeof useClient>) => prerequisites(client, {});

const NoServer = ({ ground }: { readonly ground: Ground }): ReactNode => (
  <EmptyState icon={<PackageSearch />} title={t('No server has a Kubernetes yet')} action={<Link to="/servers" className={buttonClass('primary')}>{t('Servers')}</Link>}>
    {ground.servers.length === 0 ? t('Create or adopt a server first, and let K3s be installed on it.') : <ul className="mt-1 text-left">{ground.servers.map(s => <li key={s.id}><strong className="font-medium">{s.name}</strong>: {s.missing}</li>)}</ul>}
  </EmptyState>
);

const DeployForm = ({ entry, ground }: { readonly entry: CatalogEntry; readonly ground: Ground }): ReactNode => {
  const client = useClient();
  const navigate = useNavigate();
  const { server: wantedServer } = useSearch({ from: '/shell/applications/new' });
  const servers = ground.servers.filter(s => s.ready);
  const zones = ground.zones.filter(z => z.ready);
  const others = ground.zones.filter(z => !z.ready);
  const [name, setName] = useState(entry.name);
  const [server, setServer] = useState(servers.find(s => s.id === wantedServer)?.id ?? servers[0]?.id ?? '');
  const [zone, setZone] = useState(zones[0]?.id ?? '');
  const [subdomain, setSubdomain] = useState(entry.id);
  const [version, setVersion] = useState('');
  const [choices, setChoices] = useState<Readonly<Record<string, string>>>({});
  const [environment, setEnvironment] = useState<Readonly<Record<string, string>>>({});
  const [values, setValues] = useState('');
  const versions = useQuery({ queryKey: ['versions', client.tenant, entry.id], staleTime: 60_000, queryFn: () => entryVersions(client, {}, entry.id) });
  const settled = useDelayed(subdomain, 300);
  const host = useQuery({ queryKey: ['check-host', client.tenant, zone, settled], enabled: zone !== '' && settled !== '', queryFn: () => checkHost(client, { zone, subdomain: settled }) });
  const { make, carryOut, accepted, setAccepted, plan } = usePlan(id => void navigate({ to: '/applications/$id', params: { id } }));
  const typed = (of: string, text: string): string | number | boolean => {
    const type = entry.helm_chart.placeholders[of]?.type;
    return type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : text;
  };
  const wish = (): ApplicationWish => ({
    kind: 'deploy', name, entry: entry.id, server, zone: zone === '' ? null : zone, subdomain: zone === '' ? '@' : subdomain, ...(version === '' ? {} : { version }),
    ...(Object.keys(choices).length > 0 ? { choices: Object.fromEntries(Object.entries(choices).map(([k, v]) => [k, typed(k, v)])) } : {}), ...(Object.keys(environment).length > 0 ? { environment } : {}), ...(values.trim() === '' ? {} : { values }),
  });
  const submit = (event: FormEvent): void => { event.preventDefault(); make.mutate({ wish: wish(), reason: '' }); };
  const problem = make.error ?? carryOut.error;
  const chosen = servers.find(s => s.id === server);

  if (plan) {
    return (
      <>
        {carryOut.error && <ProblemNote className="mb-4" problem={toProblem(carryOut.error)} />}
        <PlanPanel detail={plan.detail} accepted={accepted} onAccept={setAccepted} />
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button onClick={() => { make.reset(); carryOut.reset(); }}>{t('Change something')}</Button>
          <Button kind="primary" busy={carryOut.isPending} blocked={!plan.ready ? t('Something stands in the way.') : isAccepted(plan.detail, accepted) ? undefined : t('Say yes to the warnings first.')} onClick={() => carryOut.mutate()}>{t('Deploy {name}', { name: entry.name })}</Button>
        </div>
      </>
    );
  }
  return (
    <form onSubmit={submit} className="grid gap-5">
      <div className="flex items-start gap-3"><EntryIcon icon={entry.icon} name={entry.name} /><p className="text-ink-2">{entry.description}</p></div>
      {problem && <ProblemNote problem={toProblem(problem)} />}
      <Panel title={t('What and where')}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('Name')} required maxLength={60} value={name} onChange={e => setName(e.target.value)} hint={t('For people; it can be anything.')} />
          <SelectField label={t('Version')} value={version} onChange={e => setVersion(e.target.value)} hint={versions.data?.problem?.message}>
            <option value="">{versions.data?.versions[0] ? t('Newest ({version})', { version: versions.data.versions.find(v => !v.prerelease)?.version ?? versions.data.versions[0].version }) : t('Newest')}</option>
            {versions.data?.versions.map(v => <option key={v.version} value={v.version}>{v.version}{v.prerelease ? ` ${t('(pre-release)')}` : ''}</option>)}
          </SelectField>
          <SelectField label={t('Server')} value={server} onChange={e => setServer(e.target.value)} hint={chosen?.simulated ? t('A sandbox: its Kubernetes is real, its pods are simulated and run nothing.') : undefined}>
            {servers.map(s => <option key={s.id} value={s.id}>{s.name}{s.simulated ? ` ${t('(simulated pods)')}` : ''}</option>)}
          </SelectField>
          <SelectField label={t('Domain')} value={zone} onChange={e => setZone(e.target.value)} hint={zones.length > 0 ? undefined : others[0] ? `${others[0].name}: ${others[0].missing}` : t('No domain is managed yet: it gets no address outside of the cluster.')}>
            {zones.map(z => <option key={z.id} value={z.id}>{z.name}</option>)}
            {others.map(z => <option key={z.id} value={z.id} disabled>{t('{name} (not ready)', { name: z.name })}</option>)}
            <option value="">{t('None: inside the cluster only')}</option>
          </SelectField>
          {zone !== '' && (
            <Field label={t('Subdomain')} required mono value={subdomain} onChange={e => setSubdomain(e.target.value.trim().toLowerCase())} problem={host.data && !host.data.free ? host.data.message : host.error ? toProblem(host.error).message : undefined}
              hint={host.data?.free ? t('https://{host} is free.', { host: host.data.host }) : t('@ is the domain itself.')} />
          )}
        </div>
      </Panel>
      {(Object.keys(entry.helm_chart.placeholders).length > 0 || entry.environment_variables.length > 0) && (
        <Panel title={t('Settings')}>
          <div className="grid gap-4 sm:grid-cols-2">
            {Object.entries(entry.helm_chart.placeholders).map(([of, own]) => own.choices || own.type === 'boolean' ? (
              <SelectField key={of} label={of} value={choices[of] ?? ''} onChange={e => setChoices({ ...choices, [of]: e.target.value })} hint={own.description}>
                <option value="" disabled={own.default === undefined}>{own.default === undefined ? t('Choose') : t('Preset ({string})', { string: String(own.default) })}</option>{(own.choices ?? ['true', 'false']).map(c => <option key={c}>{c}</option>)}
              </SelectField>
            ) : <Field key={of} label={of} type={own.type === 'number' ? 'number' : 'text'} required={own.default === undefined} placeholder={own.default === undefined ? '' : String(own.default)} value={choices[of] ?? ''} onChange={e => setChoices(e.target.value === '' ? Object.fromEntries(Object.entries(choices).filter(([k]) => k !== of)) : { ...choices, [of]: e.target.value })} hint={own.description} />)}
            {entry.environment_variables.map(v => (
              <Field key={v.name} label={v.name} mono type={v.secret ? 'password' : 'text'} autoComplete="off" required={v.required && v.default === undefined} placeholder={v.default ?? ''} value={environment[v.name] ?? ''} onChange={e => setEnvironment(e.target.value === '' ? Object.fromEntries(Object.entries(environment).filter(([k]) => k !== v.name)) : { ...environment, [v.name]: e.target.value })} hint={[v.description, v.secret ? t('kept in the vault') : ''].filter(t => t !== '').join('; ')} />
            ))}
          </div>
        </Panel>
      )}
      <details className="rounded-xl border border-line bg-surface p-4">
        <summary className="cursor-pointer text-[13px] font-medium">{t('Values of the chart')}</summary>
        <div className="mt-3"><TextField label={t('YAML laid over what the entry makes')} mono rows={8} value={values} onChange={e => setValues(e.target.value)} hint={t('Kept in the vault: it may hold secrets.')} /></div>
      </details>
      <div className="flex justify-end gap-2"><Link to="/catalog" className={buttonClass()}>{t('Cancel')}</Link><Button kind="primary" type="submit" busy={make.isPending}>{t('See the plan')}</Button></div>
    </form>
  );
};
