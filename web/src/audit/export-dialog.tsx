import { Download } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { formatBytes } from '../lib/format.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { saveFile } from '../logs/save-log.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { ProblemNote } from '../ui/problem-note.js';
import { downloadAudit } from './audit.data.js';
import { csvHead, csvOf, fitting, linesIn } from './export-file.js';
import { isEmpty, type AuditFilter } from './filter.js';
import type { AuditEvent } from './timeline.js';

type Format = 'jsonl' | 'csv';
interface Props { readonly filter: AuditFilter; readonly fits: (event: AuditEvent) => boolean; readonly tenant: string; readonly onClose: () => void }
type Progress = { readonly bytes: number; readonly events: number; readonly done?: true; readonly leftOut?: string };

/** Exactly what is filtered, and may be read, as a file. */
export const ExportDialog = ({ filter, fits, tenant, onClose }: Props): ReactNode => {
  const [format, setFormat] = useState<Format>('jsonl');
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<ShownProblem>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (): Promise<void> => {
    const { signal } = running.current = new AbortController();
    setProblem(undefined);
    let made: Progress = { bytes: 0, events: 0 };
    setProgress(made);
    try {
      // Words are searched for here: then the lines come as JSON and are written anew.
      const { pieces, leftOut } = await downloadAudit(filter, filter.q ? 'jsonl' : format, signal);
      const parts: string[] = filter.q && format === 'csv' ? [csvHead] : [];
      for await (const lines of linesIn(pieces)) {
        const shown = filter.q ? fitting(lines, fits) : lines;
        const text = shown.map(line => (filter.q && format === 'csv' ? csvOf(line) : `${line}\n`)).join('');
        parts.push(text);
        made = { bytes: made.bytes + text.length, events: made.events + shown.length };
        setProgress(made);
      }
      if (signal.aborted) return;
      saveFile(`${tenant}-audit-${new Date().toISOString().slice(0, 10)}.${format}`, parts, format === 'csv' ? 'text/csv' : 'application/x-ndjson');
      setProgress({ ...made, done: true, leftOut });
    } catch (error) {
      if (signal.aborted) return;
      setProgress(undefined);
      setProblem(toProblem(error));
    }
  };
  const cancel = (): void => { running.current?.abort(); setProgress(undefined); };
  const busy = progress !== undefined && !progress.done;
  return (
    <Dialog open onOpenChange={open => { if (!open) onClose(); }} title={t('Export events')} description={isEmpty(filter) ? t('Every event that you may read, oldest first.') : t('Exactly the events that fit the filter and that you may read, oldest first.')}>
      <fieldset className="mt-4 grid gap-2" disabled={busy}>
        <legend className="mb-1 text-[13px] font-medium">{t('Format')}</legend>
        <label className="flex items-start gap-2"><input type="radio" name="format" checked={format === 'jsonl'} onChange={() => setFormat('jsonl')} className="mt-1" /><span>{t('JSON Lines')}<span className="block text-[12px] text-ink-3">{t('One event a line, as it is stored.')}</span></span></label>
        <label className="flex items-start gap-2"><input type="radio" name="format" checked={format === 'csv'} onChange={() => setFormat('csv')} className="mt-1" /><span>{t('CSV')}<span className="block text-[12px] text-ink-3">{t('For a program for tables.')}</span></span></label>
      </fieldset>
      {problem && <ProblemNote className="mt-3" problem={problem} onRetry={() => void start()} />}
      <div role="status" className="mt-3 min-h-5 text-[13px] text-ink-2">
        {progress && (progress.done ? t('{count, plural, one {# line} other {# lines}} saved, {size}.', { count: progress.events, size: formatBytes(progress.bytes) }) : t('{count, plural, one {# line} other {# lines}} so far, {size}…', { count: progress.events, size: formatBytes(progress.bytes) }))}
        {progress?.leftOut && <p className="mt-1 text-warn">{t('Not in it, because you may not follow them: {streams}', { streams: progress.leftOut })}</p>}
      </div>
      <div className="mt-4 flex justify-end gap-2">
        {busy ? <Button onClick={cancel}>{t('Cancel')}</Button> : <Button onClick={onClose}>{t('Close')}</Button>}
        <Button kind="primary" busy={busy} icon={<Download aria-hidden className="size-4" />} onClick={() => void start()}>{t('Export')}</Button>
      </div>
    </Dialog>
  );
};
