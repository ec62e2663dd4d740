import { clsx } from 'clsx';
import { FastForward, Pause, Play, RotateCcw, SkipForward } from 'lucide-react';
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { RecordingHit, RecordingIndex } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';
import { Button, IconButton } from '../ui/button.js';
import { CopyButton } from '../ui/copy-button.js';
import { copyText } from '../ui/copy-text.js';
import { inputClass } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { Dot } from '../ui/status-pill.js';
import { toast } from '../ui/toaster.js';
import { SPEEDS, type Player, type PlayerState } from './player.js';
import { clock } from './recording-link.js';
import { Screen, type ScreenHandle } from './screen.js';
import { SeekBar } from './seek-bar.js';

const STEP = 5_000;
const copyScreen = async (screen: ScreenHandle | undefined): Promise<void> => { if (await copyText(screen?.text() ?? '')) toast(t('Copied'), t('What is selected, or on the screen')); };

interface Props {
  readonly title: string;
  readonly player: Player | undefined;
  readonly state: PlayerState;
  readonly duration: number;
  readonly index: RecordingIndex | undefined;
  readonly hits: readonly RecordingHit[];
  readonly screen: { readonly current: ScreenHandle | undefined };
  readonly onReady: (screen: ScreenHandle) => () => void;
  readonly linkTo: (ms: number) => string;
}

/** Screen, seek bar and buttons. Space plays and pauses, arrows go five seconds, < and > change the speed. */
export const PlayerPanel = ({ title, player, state, duration, index, hits, screen, onReady, linkTo }: Props): ReactNode => {
  const isPlaying = state.status === 'playing' || state.status === 'waiting' || state.status === 'live';
  const toggle = (): void => (isPlaying ? player?.pause() : player?.play());
  const seek = (ms: number): void => void player?.seek(ms);
  const faster = (by: 1 | -1): void => { const speed = SPEEDS[SPEEDS.indexOf(state.speed as (typeof SPEEDS)[number]) + by]; if (speed !== undefined) player?.setSpeed(speed); };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || (event.target as HTMLElement).closest('input, select, textarea')) return;
    const onButton = (event.target as HTMLElement).closest('button, a') !== null;
    const act = { ' ': onButton ? undefined : toggle, k: toggle, ArrowRight: () => seek(Math.min(duration, state.at_ms + STEP)), ArrowLeft: () => seek(Math.max(0, state.at_ms - STEP)), '>': () => faster(1), '<': () => faster(-1) }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const Icon = isPlaying ? Pause : state.status === 'ended' ? RotateCcw : Play;
  return (
    <section aria-label={t('Player')} onKeyDown={onKeyDown} className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface">
      <Screen label={t('What {title} showed', { title })} onReady={onReady} />
      <ScreenText screen={screen} state={state} />
      {state.status === 'failed' && <ProblemNote className="m-3" problem={toProblem(state.error)} onRetry={() => player?.play()} />}
      <div className="border-t border-line px-3 pt-2">
        <SeekBar at={state.at_ms} duration={duration} index={index} hits={hits} onSeek={seek} />
      </div>
      <div role="toolbar" aria-label={t('Playing')} className="flex flex-wrap items-center gap-2 px-3 pb-2.5">
        <Button kind="primary" busy={state.status === 'loading'} icon={<Icon aria-hidden className="size-4" />} onClick={toggle}>{isPlaying ? t('Pause') : state.status === 'ended' ? t('Play again') : t('Play')}</Button>
        <span className="figure text-[13px] text-ink-2" data-testid="recording-clock">{clock(state.at_ms)} <span className="text-ink-3">/ {clock(duration)}</span></span>
        {state.status === 'live' && <span className="flex items-center gap-1.5 text-[12px] text-ink-3"><Dot tone="info" moving />{t('It still goes on')}</span>}
        <div className="ml-auto flex items-center gap-1.5">
          <IconButton label={state.skipIdle ? t('Play times when nothing happens too') : t('Skip times when nothing happens')} aria-pressed={state.skipIdle} onClick={() => player?.setSkipIdle(!state.skipIdle)} className={clsx(state.skipIdle && 'bg-raised text-ink')}><SkipForward aria-hidden className="size-4" /></IconButton>
          <label className="flex items-center gap-1 text-ink-3"><FastForward aria-hidden className="size-4" />
            <select aria-label={t('Speed')} value={state.speed} onChange={e => player?.setSpeed(Number(e.target.value))} className={clsx(inputClass, 'h-8 !w-auto pr-7 text-[13px]')}>{SPEEDS.map(s => <option key={s} value={s}>{s}×</option>)}</select>
          </label>
          <CopyButton label={t('Copy a link to this moment')} text={() => linkTo(state.at_ms)} className="!size-8" />
          <Button size="sm" onClick={() => void copyScreen(screen.current)}>{t('Copy text')}</Button>
        </div>
      </div>
    </section>
  );
};

/** For who hears the page: the screen as text, whenever it stands still. */
const ScreenText = ({ screen, state }: { readonly screen: { readonly current: ScreenHandle | undefined }; readonly state: PlayerState }): ReactNode => {
  const [text, setText] = useState('');
  const stands = state.status === 'paused' || state.status === 'ended';
  useEffect(() => {
    if (!stands) return undefined;
    const frame = requestAnimationFrame(() => setText(screen.current?.text() ?? ''));
    return () => cancelAnimationFrame(frame);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- at another moment there is another text
  }, [stands, state.at_ms, screen]);
  return <pre aria-label={t('The screen as text')} tabIndex={-1} className="sr-only">{stands ? text : ''}</pre>;
};
