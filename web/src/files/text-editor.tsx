import { useMutation, useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { formatBytes } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { inputClass } from '../ui/field.js';
import { EmptyState, Panel, SkeletonRows } from '../ui/panel.js';
import { ProblemNote } from '../ui/problem-note.js';
import { toast } from '../ui/toaster.js';
import { FileQuestion } from 'lucide-react';
import { beginDownload, filePart, saveText } from './files.data.js';
import { readText } from './listing.js';
import { nameOf, shownName } from './paths.js';

interface Read { readonly text: string | undefined; readonly sha256: string; readonly size: number }

const useText = (server: string, path: string, fresh: boolean) => {
  const client = useClient();
  return useQuery({
    queryKey: ['file-text', client.tenant, server, path], staleTime: Number.POSITIVE_INFINITY, gcTime: 0, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, enabled: !fresh,
    queryFn: async (): Promise<Read> => {
      const { download, size, sha256 } = await beginDownload(client, server, { path, purpose: 'view' });
      const bytes = new Uint8Array(size);
      for (let at = 0; at < size;) {
        const { data } = await filePart(client, { download, offset: at }, server);
        const part = Uint8Array.from(atob(data), c => c.codePointAt(0) ?? 0);
        if (part.length === 0) break;
        bytes.set(part, at);
        at += part.length;
      }
      return { text: readText(bytes), sha256: sha256 ?? '', size };
    },
  });
};

interface Props { readonly server: string; readonly path: string; /** It is not there yet. */ readonly fresh: boolean; readonly blocked: string | undefined; readonly onClose: () => void; readonly onSaved: () => void }

/** A small text, as it is. Nothing of it is drawn but in this field. */
export const TextEditor = ({ server, path, fresh, ...rest }: Props): ReactNode => {
  const read = useText(server, path, fresh);
  const name = shownName(nameOf(path));
  if (read.error) return <Panel title={name} aside={<Button size="sm" onClick={rest.onClose}>{t('Close')}</Button>}><ProblemNote problem={toProblem(read.error)} onRetry={() => void read.refetch()} /></Panel>;
  if (!fresh && !read.data) return <Panel title={name} flush><SkeletonRows label={t('Loading {name}', { name })} /></Panel>;
  if (read.data && read.data.text === undefined) return <Panel title={name} flush aside={<Button size="sm" onClick={rest.onClose}>{t('Close')}</Button>}><EmptyState icon={<FileQuestion />} title={t('This is no text')}>{t('{data} that are no UTF-8. Download it to look at it.', { data: formatBytes(read.data.size) })}</EmptyState></Panel>;
  // Loaded again, it is another text.
  return <Editor key={read.data?.sha256 ?? 'new'} server={server} path={path} text={read.data?.text ?? ''} was={read.data?.sha256 ?? null} reload={() => void read.refetch()} {...rest} />;
};

interface EditorProps extends Omit<Props, 'fresh'> { readonly text: string; readonly was: string | null; readonly reload: () => void }

const Editor = ({ server, path, text: begun, was: begunAs, blocked, reload, onClose, onSaved }: EditorProps): ReactNode => {
  const client = useClient();
  const [text, setText] = useState(begun);
  const [saved, setSaved] = useState({ text: begun, was: begunAs });
  const [leaving, setLeaving] = useState(false);
  const dirty = text !== saved.text || saved.was === null;
  const save = useMutation({
    mutationFn: async (was: string | null) => ({ sent: text, ...(await saveText(client, server, { path, text, was })) }),
    onSuccess: ({ sent, sha256 }) => { setSaved({ text: sent, was: sha256 }); onSaved(); toast(t('Saved'), shownName(nameOf(path))); },
  });
  const problem = save.error ? toProblem(save.error) : undefined;
  const now = problem?.code === 'FILES.CHANGED' ? (problem.details as { sha256?: string | null } | undefined)?.sha256 : undefined;
  const unsaved = text !== saved.text;
  useBlocker({ shouldBlockFn: () => unsaved && !confirm(t('The text has changes that are not saved. Leave it?')), enableBeforeUnload: () => unsaved });
  const name = shownName(nameOf(path));
  const lines = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const bytes = new TextEncoder().encode(text).length;
  const tooLong = bytes > 1024 * 1024 ? t('A text has at most 1 MiB here.') : undefined;
  const keys = (event: KeyboardEvent): void => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (dirty && blocked === undefined && !tooLong && !save.isPending) save.mutate(saved.was);
  };
  const close = (): void => (unsaved ? setLeaving(true) : onClose());
  return (
    <Panel title={name} flush aside={<div className="flex items-center gap-1.5"><Button size="sm" onClick={close}>{t('Close')}</Button><Button size="sm" kind="primary" busy={save.isPending} blocked={blocked ?? tooLong ?? (dirty ? undefined : t('Nothing is changed yet.'))} onClick={() => save.mutate(saved.was)}>{t('Save')}</Button></div>}>
      {problem && problem.code !== 'FILES.CHANGED' && <ProblemNote className="m-3" problem={problem} />}
      <textarea aria-label={t('Text of {name}', { name })} data-testid="text" value={text} readOnly={blocked !== undefined} onChange={e => setText(e.target.value)} onKeyDown={keys} spellCheck={false} autoCapitalize="off" autoComplete="off" wrap="off"
        className={`${inputClass} block h-[62vh] resize-y rounded-none border-x-0 border-t-0 py-3 font-mono text-[12.5px] leading-snug`} />
      <p className="figure flex flex-wrap gap-x-3 px-4 py-2 text-[12px] text-ink-3"><span>{t('{lines, plural, one {# line} other {# lines}}', { lines })}</span><span>{formatBytes(bytes)}</span>{text.includes('\r\n') && <span>{t('Windows line ends')}</span>}{unsaved && <span className="text-warn">{t('Not saved')}</span>}{blocked !== undefined && <span>{t('Read only: {blocked}', { blocked })}</span>}</p>
      <Dialog open={now !== undefined} onOpenChange={o => { if (!o) save.reset(); }} title={t('It changed on the server')} description={now === null ? t('Somebody removed this file since you opened it.') : t('Somebody wrote this file since you opened it. Your text is not saved yet.')}>
        <DialogActions>
          <Button onClick={() => save.reset()}>{t('Back to my text')}</Button>
          {now !== null && <Button onClick={() => { save.reset(); reload(); }}>{t('Load theirs, drop mine')}</Button>}
          <Button kind="danger" busy={save.isPending} onClick={() => save.mutate(now ?? null)}>{now === null ? t('Save as a new file') : t('Replace theirs by mine')}</Button>
        </DialogActions>
      </Dialog>
      <Dialog open={leaving} onOpenChange={setLeaving} title={t('Drop your changes?')} description={t('{name} has changes that are not saved.', { name })}>
        <DialogActions><Button onClick={() => setLeaving(false)}>{t('Keep editing')}</Button><Button kind="danger" onClick={onClose}>{t('Drop them')}</Button></DialogActions>
      </Dialog>
    </Panel>
  );
};
