import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { CalendarClock, Download, EllipsisVertical, Film, Trash2 } from 'lucide-react';
import { useCallback, useState, type ReactNode } from 'react';
import { maySend } from '../app/nav.js';
import { Page } from '../app/page.js';
import { deleteRecording, keepRecording, type Recording, type RecordingHit } from '../contracts.js';
import { formatBytes, formatDay, formatMoment } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useCan, useClient } from '../live/live-context.js';
import { useNames } from '../members/use-names.js';
import { t } from '../texts/text.js';
import { buttonClass, IconButton } from '../ui/button.js';
import { Menu, MenuItem } from '../ui/menu.js';
import { EmptyState, Facts, PageBody, Panel, Skeleton, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { ListStates } from '../ui/row-list.js';
import { StatusPill } from '../ui/status-pill.js';
import { PlayerPanel } from './player-panel.js';
import { DeleteRecordingDialog, KeepRecordingDialog } from './recording-dialogs.js';
import { clock } from './recording-link.js';
import { openRecording, recordingFile, recordingIndex, useRecording } from './recordings.data.js';
import { CommandsPanel, SearchPanel } from './side-panel.js';
import { usePlayer } from './use-player.js';
import { VerifyButton } from './verify-button.js';
import { keptUntil, OPENINGS, shownState } from './words.js';

const CRUMBS = [{ label: t('Recordings'), to: '/recordings' }] as const;

export const RecordingPage = (): ReactNode => {
  const { id } = useParams({ from: '/shell/recordings/$id' });
  const list = useRecording(id);
  const recording = list.rows.get(id);
  if (recording) return <Known key={id} recording={recording} />;
  return (
    <Page title={t('Recording')} crumbs={CRUMBS}>
      <PageBody>
        <ListStates of={list} what={t('recordings')} right="terminals.recording.read" count={0} skeleton={<Playback />}
          empty={<EmptyState icon={<Film />} title={t('There is no such recording')} action={<Link to="/recordings" className={buttonClass('primary')}>{t('All recordings')}</Link>}>{t('It was deleted, its time was over, or the session was not recorded.')}</EmptyState>}>{null}</ListStates>
      </PageBody>
    </Page>
  );
};

const Known = ({ recording: r }: { readonly recording: Recording }): ReactNode => {
  const { tenant } = useClient();
  const navigate = useNavigate();
  const [dialog, setDialog] = useState<'delete' | 'keep'>();
  const mayOpen = useCan(maySend(tenant, openRecording, r.id));
  const mayDelete = useCan(maySend(tenant, deleteRecording, r.id));
  const mayKeep = useCan(maySend(tenant, keepRecording, r.id));
  const { label, tone, moving } = shownState(r);
  return (
    <Page title={r.title} crumbs={CRUMBS} status={<StatusPill tone={tone} {...(moving ? { moving } : {})}>{label}</StatusPill>} actions={<>
      {mayOpen && <a href={recordingFile(r.id)} download={`${r.id}.cast`} className={buttonClass('secondary', 'sm')}><Download aria-hidden className="size-3.5" />{t('Download')}</a>}
      {(mayDelete || mayKeep) && <Menu trigger={<IconButton label={t('More')}><EllipsisVertical aria-hidden className="size-4" /></IconButton>}>
        {mayKeep && <MenuItem icon={<CalendarClock aria-hidden />} onSelect={() => setDialog('keep')}>{t('Keep it longer…')}</MenuItem>}
        {mayDelete && <MenuItem danger icon={<Trash2 aria-hidden />} blocked={r.state === 'recording' ? t('The session still goes on.') : undefined} onSelect={() => setDialog('delete')}>{t('Delete…')}</MenuItem>}
      </Menu>}
    </>}>
      <PageBody>{mayOpen ? <Opened recording={r} /> : <Denied what={t('what was recorded')} right="terminals.recording.open" />}</PageBody>
      <DeleteRecordingDialog recording={r} open={dialog === 'delete'} onClose={() => setDialog(undefined)} onDone={() => void navigate({ to: '/recordings' })} />
      <KeepRecordingDialog recording={r} open={dialog === 'keep'} onClose={() => setDialog(undefined)} />
    </Page>
  );
};

/** Says in the log who looks, and shows nothing before. */
const Opened = ({ recording: r }: { readonly recording: Recording }): ReactNode => {
  const client = useClient();
  const opening = useQuery({ queryKey: ['recording-open', client.tenant, r.id], queryFn: () => openRecording(client, r.id, { what: 'played' }), staleTime: 50 * 60_000, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false, gcTime: 0 });
  if (opening.error) return <ProblemNote problem={toProblem(opening.error)} onRetry={() => void opening.refetch()} />;
  return opening.data ? <Playing recording={r} /> : <div role="status"><span className="sr-only">{t('Opening the recording')}</span><Playback /></div>;
};

/** Where screen and lists will be. */
const Playback = (): ReactNode => <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_18rem]"><Skeleton className="h-96 rounded-xl" /><Panel flush><SkeletonRows rows={6} /></Panel></div>;

const Playing = ({ recording: r }: { readonly recording: Recording }): ReactNode => {
  const client = useClient();
  const { t: from = 0, q = '' } = useSearch({ from: '/shell/recordings/$id' });
  const [hits, setHits] = useState<readonly RecordingHit[]>([]);
  const { player, state, screen, onReady } = usePlayer(r.id, from * 1_000);
  const index = useQuery({ queryKey: ['recording-index', client.tenant, r.id, r.state], queryFn: () => recordingIndex(client, {}, r.id), refetchInterval: r.state === 'recording' ? 10_000 : false, refetchOnWindowFocus: false });
  const duration = Math.max(r.duration_ms, index.data?.duration_ms ?? 0, state.at_ms);
  const seek = useCallback((ms: number): void => void player?.seek(ms), [player]);
  const jump = (hit: RecordingHit, text: string): void => {
    if (!player) return;
    player.pause();
    void player.seek(hit.at_ms).then(() => screen.current?.write('', () => screen.current?.mark(text)));
  };
  const linkTo = (ms: number): string => `${location.origin}${location.pathname}?t=${Math.floor(ms / 1_000)}`;
  return (
    <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="grid min-w-0 content-start gap-4">
        {r.whole === false && <ProblemNote tone="warn" problem={{ code: 'RECORDING.NOT_WHOLE', message: t('Something is missing in this recording.'), ...(r.problem === null ? {} : { advice: r.problem }), retryable: false }} />}
        <PlayerPanel title={r.title} player={player} state={state} duration={duration} index={index.data} hits={hits} screen={screen} onReady={onReady} linkTo={linkTo} />
      </div>
      <div className="grid min-w-0 content-start gap-4">
        <SearchPanel id={r.id} first={q} hits={hits} onHits={setHits} onJump={jump} />
        {index.error ? <ProblemNote problem={toProblem(index.error)} onRetry={() => void index.refetch()} /> : <CommandsPanel index={index.data} at={state.at_ms} onSeek={seek} />}
        <About recording={r} />
      </div>
    </div>
  );
};

const About = ({ recording: r }: { readonly recording: Recording }): ReactNode => {
  const names = useNames();
  const until = keptUntil(r);
  return (
    <Panel title={t('About')}>
      <Facts of={{ service: 'terminals', view: 'recordings', id: r.id }} rows={[
        [t('Who'), names.get(r.person) ?? t('A former member')], [t('Server'), <Link key="server" to="/servers/$id" params={{ id: r.server }} className="text-accent-ink underline underline-offset-2">{r.server_name}</Link>],
        [t('When'), formatMoment(Date.parse(r.started_at))], [t('Length'), clock(r.duration_ms), 'duration_ms'], [t('Size'), formatBytes(r.bytes)], [t('Holds'), r.input ? t('What was shown and typed') : t('What was shown')], [t('Kept until'), until === null ? t('For ever') : formatDay(Date.parse(until)), 'kept_until'],
      ]} />
      <h3 className="mb-1 mt-4 text-[12px] font-medium text-ink-3">{t('Who looked')}</h3>
      <ul aria-label={t('Who looked')} className="grid gap-1 text-[12px] text-ink-2">{r.opened.map((o, i) => <li key={i}>{names.get(o.by.id) ?? t('A former member')} {OPENINGS[o.what]}, {formatMoment(Date.parse(o.at))}</li>)}</ul>
      <div className="mt-4"><VerifyButton id={r.id} /></div>
    </Panel>
  );
};
