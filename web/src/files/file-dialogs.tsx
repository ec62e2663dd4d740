import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { FileEntry } from '../contracts.js';
import { formatBytes } from '../lib/format.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t, within } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { ProblemNote } from '../ui/problem-note.js';
import { filesCount, makeFolder, removeFile, renameFile, setFileMode } from './files.data.js';
import { modeText, octal, readOctal } from './listing.js';
import { join, nameProblem, readPath, shownName } from './paths.js';

interface Common { readonly server: string; readonly folder: string; readonly onClose: () => void; readonly onDone: () => void }

export const NewFolderDialog = ({ server, folder, onClose, onDone }: Common): ReactNode => {
  const client = useClient();
  const [name, setName] = useState('');
  const act = useMutation({ mutationFn: () => makeFolder(client, server, { path: join(folder, name) }), onSuccess: () => { onDone(); onClose(); } });
  const wrong = nameProblem(name);
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!wrong && !act.isPending) act.mutate(); };
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('New folder')}>
      <form onSubmit={submit} className="grid gap-3">
        {act.error && <ProblemNote problem={toProblem(act.error)} />}
        <Field label={t('Name')} mono value={name} onChange={e => setName(e.target.value)} problem={name === '' ? undefined : wrong} autoComplete="off" />
        <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={act.isPending} blocked={wrong}>{t('Make')}</Button></DialogActions>
      </form>
    </Dialog>
  );
};

export const RenameDialog = ({ server, folder, entry, home, onClose, onDone }: Common & { readonly entry: FileEntry; readonly home: string }): ReactNode => {
  const client = useClient();
  const from = join(folder, entry.name);
  const [to, setTo] = useState(entry.name);
  const target = readPath(to, folder, home);
  const act = useMutation({ mutationFn: (overwrite: boolean) => renameFile(client, server, { from, to: target, overwrite }), onSuccess: () => { onDone(); onClose(); } });
  const problem = act.error ? toProblem(act.error) : undefined;
  const there = problem?.code === 'FILES.EXISTS' && entry.kind !== 'folder';
  const blocked = to.trim() === '' ? t('Give it a name.') : target === from ? t('It has this name.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!blocked && !act.isPending) act.mutate(false); };
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('Rename {name}', { name: shownName(entry.name) })} description={t('Another name, or a path to move it to on this server.')}>
      <form onSubmit={submit} className="grid gap-3">
        {problem && <ProblemNote problem={problem} />}
        <Field label={t('New name or path')} mono value={to} onChange={e => { setTo(e.target.value); act.reset(); }} autoComplete="off" hint={shownName(target)} />
        <DialogActions>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          {there && <Button kind="danger" busy={act.isPending} onClick={() => act.mutate(true)}>{t('Replace it')}</Button>}
          <Button kind="primary" type="submit" busy={act.isPending} blocked={blocked}>{t('Rename')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
};

const WHO = [[t('Owner'), 6], [t('Group'), 3], [t('Others'), 0]] as const;
const WHAT = [[t('Read'), 4], [t('Write'), 2], [t('Run'), 1]] as const;
const SPECIAL = [[t('Runs as its owner'), 0o4000], [t('Runs as its group'), 0o2000], [t('Only owners delete'), 0o1000]] as const;

export const ModeDialog = ({ server, folder, entry, onClose, onDone }: Common & { readonly entry: FileEntry }): ReactNode => {
  const client = useClient();
  const [mode, setMode] = useState(entry.mode);
  const [typed, setTyped] = useState(octal(entry.mode));
  const set = (next: number): void => {
    setMode(next);
    setTyped(octal(next));
  };
  const act = useMutation({ mutationFn: () => setFileMode(client, server, { path: join(folder, entry.name), mode }), onSuccess: () => { onDone(); onClose(); } });
  const type = (text: string): void => {
    setTyped(text);
    const read = readOctal(text);
    if (read !== undefined) setMode(read);
  };
  const wrong = readOctal(typed) === undefined ? t('Three or four digits from 0 to 7.') : undefined;
  const submit = (event: FormEvent): void => { event.preventDefault(); if (!wrong && !act.isPending) act.mutate(); };
  const box = (label: string, bit: number): ReactNode => <label key={label} className="flex items-center gap-2"><input type="checkbox" aria-label={label} checked={(mode & bit) !== 0} onChange={() => set(mode ^ bit)} className="size-4 accent-accent" /></label>;
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('Permissions of {name}', { name: shownName(entry.name) })} {...(entry.kind === 'link' ? { description: t('Of what the link leads to.') } : {})}>
      <form onSubmit={submit} className="grid gap-4">
        {act.error && <ProblemNote problem={toProblem(act.error)} />}
        <table className="w-full text-[13px]">
          <thead><tr className="text-left text-[12px] text-ink-3"><td />{WHAT.map(([w]) => <th key={w} scope="col" className="font-medium">{w}</th>)}</tr></thead>
          <tbody>{WHO.map(([who, shift]) => <tr key={who} className="h-8"><th scope="row" className="text-left font-medium">{who}</th>{WHAT.map(([what, bit]) => <td key={what}>{box(`${who}: ${within(what)}`, bit << shift)}</td>)}</tr>)}</tbody>
        </table>
        <fieldset className="grid gap-1.5 text-[13px]">
          <legend className="mb-1 text-[12px] text-ink-3">{t('Special')}</legend>
          {SPECIAL.map(([label, bit]) => <div key={label} className="flex items-center gap-2">{box(label, bit)}<span aria-hidden>{label}</span></div>)}
        </fieldset>
        <Field label={t('Octal')} mono value={typed} onChange={e => type(e.target.value)} problem={wrong} hint={<code className="font-mono">{modeText(mode, entry.kind === 'link' ? 'file' : entry.kind)}</code>} inputMode="numeric" />
        <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" busy={act.isPending} blocked={wrong ?? (mode === entry.mode ? t('Nothing is changed yet.') : undefined)}>{t('Set')}</Button></DialogActions>
      </form>
    </Dialog>
  );
};

interface Counted { readonly files: number; readonly folders: number; readonly bytes: number; readonly more: boolean }

/** Says how much goes, before it goes. */
export const RemoveDialog = ({ server, folder, entries, onClose, onDone }: Common & { readonly entries: readonly FileEntry[] }): ReactNode => {
  const client = useClient();
  const folders = entries.filter(e => e.kind === 'folder');
  const counted = useQuery({
    queryKey: ['files-count', client.tenant, server, folder, ...folders.map(f => f.name)], staleTime: 0, gcTime: 0, retry: false, enabled: folders.length > 0,
    queryFn: async (): Promise<Counted> => {
      let all: Counted = { files: 0, folders: 0, bytes: 0, more: false };
      for (const f of folders) {
        const c = await filesCount(client, { path: join(folder, f.name) }, server);
        all = { files: all.files + c.files, folders: all.folders + c.folders, bytes: all.bytes + c.bytes, more: all.more || c.more };
      }
      return all;
    },
  });
  const remove = async (): Promise<void> => {
    for (const e of entries) {
      for (let again = true; again;) {
        again = await removeFile(client, server, { path: join(folder, e.name), recursive: e.kind === 'folder' }).then(() => false, (error: unknown) => {
          if (toProblem(error).code === 'FILES.NOT_FINISHED') return true;
          throw error;
        });
      }
    }
  };
  const [first] = entries;
  const title = entries.length === 1 && first ? t('Delete {name}?', { name: shownName(first.name) }) : t('{n, plural, one {Delete # entry?} other {Delete # entries?}}', { n: entries.length });
  const { data } = counted;
  const alone = entries.length - folders.length;
  const total = alone + (data?.files ?? 0);
  const files = t('{n, plural, one {# file} other {# files}}', { n: total });
  const inside = data && `${t('{n, plural, one {# folder} other {# folders}}', { n: data.folders })}${data.bytes > 0 ? ` ${t('({bytes} in folders)', { bytes: formatBytes(data.bytes) })}` : ''}`;
  const effect = folders.length > 0 && counted.isPending ? t('Counting what is in it…')
    : data?.more ? t('There is more in it than can be deleted from here at once; delete its folders one by one, or use a terminal.')
      : inside ? t('{files} and {folders} will be gone from the server. This can’t be undone.', { files, folders: inside }) : t('{files} will be gone from the server. This can’t be undone.', { files });
  return <ConfirmDialog open onClose={onClose} title={title} effect={<><p data-testid="removal">{effect}</p>{counted.error && <ProblemNote className="mt-3" problem={toProblem(counted.error)} />}</>} action={folders.length === 0 || data ? t('{n, plural, one {Delete # item} other {Delete # items}}', { n: total + (data?.folders ?? 0) }) : t('Delete')} run={remove} onDone={onDone} />;
};
