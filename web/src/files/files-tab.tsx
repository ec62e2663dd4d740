import { useNavigate, useSearch } from '@tanstack/react-router';
import { Eye, EyeOff, FilePlus2, FileUp, FolderOpen, FolderPlus, FolderUp, RotateCw, ShieldCheck, Trash2, Upload } from 'lucide-react';
import { useRef, useState, type ChangeEvent, type DragEvent, type ReactNode } from 'react';
import { mayAsk, maySend } from '../app/nav.js';
import type { FileEntry, Server } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { NOT_YOURS } from '../server/actions.js';
import { useSession } from '../session/session-context.js';
import { t } from '../texts/text.js';
import { Button, buttonClass, IconButton } from '../ui/button.js';
import { copyText } from '../ui/copy-text.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { inputClass } from '../ui/field.js';
import { Menu, MenuItem } from '../ui/menu.js';
import { EmptyState, Panel, SkeletonRows } from '../ui/panel.js';
import { Denied, ProblemNote } from '../ui/problem-note.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { downloadFile } from './browser-ports.js';
import { readChosen, readDropped, type Dropped } from './dropped.js';
import { ModeDialog, NewFolderDialog, RemoveDialog, RenameDialog } from './file-dialogs.js';
import { FileTable, type FileActs } from './file-table.js';
import { beginDownload, beginUpload, filesList, makeFolder, mayConnect, removeFile, renameFile, saveText, setFileMode, setFileRule } from './files.data.js';
import { arrange, isFolder, taken, type Order } from './listing.js';
import { PathBar } from './path-bar.js';
import { join, nameOf, nameProblem, shownName } from './paths.js';
import { RulesDialog } from './rules-dialog.js';
import { TextEditor } from './text-editor.js';
import { TransferList } from './transfer-list.js';
import { useFolder, type Folder } from './use-folder.js';
import { useTransfers } from './use-transfers.js';

type Asked = { readonly what: 'folder' | 'rules' | 'new-text' } | { readonly what: 'rename' | 'mode'; readonly entry: FileEntry } | { readonly what: 'remove'; readonly entries: readonly FileEntry[] } | { readonly what: 'replace'; readonly dropped: Dropped; readonly names: readonly string[] };

/** Files of a server, over SFTP as the account that Xanthus logs in with. */
export const FilesTab = ({ server }: { readonly server: Server }): ReactNode => {
  const { tenant } = useClient();
  const may = useCan(mayAsk(tenant, filesList, server.id));
  const mayWork = useCan(mayConnect(tenant, server.id));
  if (!may || !mayWork) return <Denied what={t('files on servers')} right="terminals.files.read" />;
  return <Files server={server.id} />;
};

const Files = ({ server }: { readonly server: string }): ReactNode => {
  const navigate = useNavigate();
  const { path } = useSearch({ from: '/shell/servers/$id' });
  const [editing, setEditing] = useState<{ path: string; fresh: boolean }>();
  const state = useFolder(server, path);
  const transfers = useTransfers(server);
  const client = useClient();
  const maySave = useCan(maySend(client.tenant, saveText, server));
  const go = (to: string): void => void navigate({ to: '/servers/$id', params: { id: server }, search: { tab: 'files', path: to } });
  const { folder, problem } = state;
  return (
    <div className="min-w-0">
      {editing ? <TextEditor key={editing.path} server={server} {...editing} blocked={maySave ? undefined : NOT_YOURS} onClose={() => setEditing(undefined)} onSaved={state.reload} /> : problem ? (
        <div className="grid gap-3">
          <PathBar path={path ?? '/'} home="/" onGo={go} />
          <ProblemNote problem={problem} onRetry={state.reload} />
        </div>
      ) : folder ? <Shown key={folder.path} server={server} folder={folder} loading={state.loading} reload={state.reload} go={go} onEdit={setEditing} transfers={transfers} /> : <Panel flush><SkeletonRows label={t('Loading files')} /></Panel>}
      <TransferList transfers={transfers} />
    </div>
  );
};

interface ShownProps { readonly server: string; readonly folder: Folder; readonly loading: boolean; readonly reload: () => void; readonly go: (path: string) => void; readonly onEdit: (what: { path: string; fresh: boolean }) => void; readonly transfers: ReturnType<typeof useTransfers> }

const useRights = (server: string) => {
  const { tenant } = useClient();
  const one = (yes: boolean): string | undefined => (yes ? undefined : NOT_YOURS);
  return {
    read: one(useCan(maySend(tenant, beginDownload, server))), save: one(useCan(maySend(tenant, saveText, server))), upload: one(useCan(maySend(tenant, beginUpload, server))), folder: one(useCan(maySend(tenant, makeFolder, server))),
    rename: one(useCan(maySend(tenant, renameFile, server))), mode: one(useCan(maySend(tenant, setFileMode, server))), remove: one(useCan(maySend(tenant, removeFile, server))), rules: one(useCan(maySend(tenant, setFileRule, tenant))),
  };
};

const RULE = t('A rule of your organisation does not allow it.');

const Shown = ({ server, folder, loading, reload, go, onEdit, transfers }: ShownProps): ReactNode => {
  const client = useClient();
  const session = useSession();
  const rights = useRights(server);
  const [order, setOrder] = useState<Order>({ by: 'name', down: false });
  const [hidden, setHidden] = useState(false);
  const [filter, setFilter] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked>();
  const [over, setOver] = useState(false);
  const rows = arrange(folder.entries, { order, hidden, filter });
  const change = folder.access === 'write' ? undefined : RULE;
  const picked = folder.entries.filter(e => chosen.has(e.name));
  const close = (): void => setAsked(undefined);
  const done = (): void => { setChosen(new Set()); reload(); };
  const choose = (names: readonly string[], on: boolean): void => setChosen(before => {
    const next = new Set(before);
    for (const n of names) if (on) next.add(n); else next.delete(n);
    return next;
  });

  const start = (dropped: Dropped, overwrite: boolean): void => transfers.add(dropped.files.map(f => ({ ...f, overwrite })), dropped.folders);
  const send = (dropped: Dropped): void => {
    const names = taken(folder.entries, dropped.files.filter(f => f.path === join(folder.path, nameOf(f.path))).map(f => nameOf(f.path)));
    if (names.length > 0) setAsked({ what: 'replace', dropped, names });
    else start(dropped, false);
    // A folder without files is made all the same.
    if (dropped.files.length === 0) void (async () => { for (const path of dropped.folders) await makeFolder(client, server, { path }); reload(); })().catch(toastProblem);
  };
  const blockedUpload = rights.upload ?? change;
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (blockedUpload === undefined) void readDropped(event.dataTransfer, folder.path).then(send, toastProblem);
  };
  const acts: FileActs = {
    open: e => (isFolder(e) ? go(join(folder.path, e.name)) : rights.read === undefined && e.access !== 'none' ? onEdit({ path: join(folder.path, e.name), fresh: false }) : undefined),
    download: e => void downloadFile(client, session, server, join(folder.path, e.name)).catch(toastProblem),
    edit: e => onEdit({ path: join(folder.path, e.name), fresh: false }),
    rename: entry => setAsked({ what: 'rename', entry }), mode: entry => setAsked({ what: 'mode', entry }), remove: entries => setAsked({ what: 'remove', entries }),
    copy: e => void copyText(join(folder.path, e.name)).then(ok => ok && toast(t('Copied'), shownName(join(folder.path, e.name)))),
    blocked: (what, e) => rights[what] ?? (e.access === 'write' || (what === 'read' && e.access === 'read') ? undefined : RULE),
  };
  return (
    <div onDragOver={e => { e.preventDefault(); setOver(true); }} onDragLeave={e => { if (!e.currentTarget.contains(e.relatedTarget as Node | null)) setOver(false); }} onDrop={drop} data-testid="files" data-path={folder.path} className="min-w-0">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <PathBar path={folder.path} home={folder.home} onGo={go} />
        <div className="flex flex-wrap items-center gap-1.5">
          <input type="search" aria-label={t('Filter files')} placeholder={t('Filter')} value={filter} onChange={e => setFilter(e.target.value)} className={`${inputClass} h-8 !w-32`} />
          <IconButton label={hidden ? t('Hide hidden files') : t('Show hidden files')} aria-pressed={hidden} onClick={() => setHidden(!hidden)}>{hidden ? <EyeOff aria-hidden className="size-4" /> : <Eye aria-hidden className="size-4" />}</IconButton>
          <IconButton label={t('Load again')} aria-busy={loading} onClick={reload}><RotateCw aria-hidden className={`size-4 ${loading ? 'animate-spin' : ''}`} /></IconButton>
          <IconButton label={t('Rules about files')} onClick={() => setAsked({ what: 'rules' })}><ShieldCheck aria-hidden className="size-4" /></IconButton>
          <Button icon={<FolderPlus aria-hidden className="size-4" />} blocked={rights.folder ?? change} onClick={() => setAsked({ what: 'folder' })}><span className="max-sm:sr-only">{t('New folder')}</span></Button>
          <Button icon={<FilePlus2 aria-hidden className="size-4" />} blocked={rights.save ?? change} onClick={() => setAsked({ what: 'new-text' })}><span className="max-sm:sr-only">{t('New file')}</span></Button>
          <UploadButtons blocked={blockedUpload} onChosen={list => send(readChosen(list, folder.path))} />
        </div>
      </div>
      {picked.length > 0 && <div className="mb-3 flex items-center gap-3 rounded-lg border border-line bg-raised px-3 py-2 text-[13px]"><span className="flex-1">{t('{picked} chosen', { picked: picked.length })}</span><Button size="sm" kind="quiet" onClick={() => setChosen(new Set())}>{t('None')}</Button><Button size="sm" kind="danger" icon={<Trash2 aria-hidden className="size-3.5" />} blocked={rights.remove ?? change} onClick={() => setAsked({ what: 'remove', entries: picked })}>{t('Delete…')}</Button></div>}
      <Panel flush className={over && blockedUpload === undefined ? 'overflow-hidden outline-2 outline-dashed outline-accent' : 'overflow-hidden'}>
        {rows.length > 0 ? <FileTable rows={rows} order={order} onOrder={setOrder} chosen={chosen} onChoose={choose} acts={acts} />
          : <EmptyState icon={<FolderOpen />} title={folder.entries.length === 0 ? t('This folder is empty') : t('No file is shown')}>{folder.entries.length === 0 ? (blockedUpload === undefined ? t('Drop files or folders here to upload them.') : t('Nothing is in it.')) : filter === '' ? t('All that is in it is hidden.') : t('No name fits the filter.')}</EmptyState>}
      </Panel>
      <p className="figure mt-2 text-[12px] text-ink-3">{t('{total, plural, one {# entry} other {# entries}}', { total: folder.total })}{rows.length < folder.entries.length && `, ${t('{rows, number} shown', { rows: rows.length })}`}{folder.access !== 'write' && ` · ${folder.access === 'read' ? t('by a rule read only') : t('by a rule only what leads on is shown')}`}</p>
      {asked?.what === 'folder' && <NewFolderDialog server={server} folder={folder.path} onClose={close} onDone={done} />}
      {asked?.what === 'new-text' && <NewTextDialog onClose={close} onName={n => { close(); onEdit({ path: join(folder.path, n), fresh: true }); }} />}
      {asked?.what === 'rules' && <RulesDialog server={server} path={folder.path} blocked={rights.rules} onClose={close} />}
      {asked?.what === 'rename' && <RenameDialog server={server} folder={folder.path} home={folder.home} entry={asked.entry} onClose={close} onDone={done} />}
      {asked?.what === 'mode' && <ModeDialog server={server} folder={folder.path} entry={asked.entry} onClose={close} onDone={done} />}
      {asked?.what === 'remove' && <RemoveDialog server={server} folder={folder.path} entries={asked.entries} onClose={close} onDone={done} />}
      {asked?.what === 'replace' && <ReplaceDialog names={asked.names} onClose={close} onReplace={() => { close(); start(asked.dropped, true); }} onSkip={() => { close(); start({ ...asked.dropped, files: asked.dropped.files.filter(f => !asked.names.includes(nameOf(f.path))) }, false); }} />}
    </div>
  );
};

const UploadButtons = ({ blocked, onChosen }: { readonly blocked: string | undefined; readonly onChosen: (list: FileList) => void }): ReactNode => {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const pick = (event: ChangeEvent<HTMLInputElement>): void => {
    if (event.target.files && event.target.files.length > 0) onChosen(event.target.files);
    event.target.value = '';
  };
  const look = <><Upload aria-hidden className="size-4" />{t('Upload')}</>;
  return (
    <>
      <input ref={files} type="file" multiple hidden data-testid="upload-field" onChange={pick} />
      <input ref={folder} type="file" hidden {...{ webkitdirectory: '' }} onChange={pick} />
      {blocked === undefined ? (
        <Menu trigger={<button type="button" className={buttonClass('primary')}>{look}</button>}>
          <MenuItem icon={<FileUp aria-hidden />} onSelect={() => files.current?.click()}>{t('Files…')}</MenuItem>
          <MenuItem icon={<FolderUp aria-hidden />} onSelect={() => folder.current?.click()}>{t('A folder…')}</MenuItem>
        </Menu>
      ) : <Button kind="primary" blocked={blocked}>{look}</Button>}
    </>
  );
};

const NewTextDialog = ({ onClose, onName }: { readonly onClose: () => void; readonly onName: (name: string) => void }): ReactNode => {
  const [name, setName] = useState('');
  const wrong = nameProblem(name);
  return (
    <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={t('New text file')} description={t('It is there once it is saved.')}>
      <form onSubmit={e => { e.preventDefault(); if (!wrong) onName(name); }}>
        <input aria-label={t('Name')} value={name} onChange={e => setName(e.target.value)} spellCheck={false} autoCapitalize="off" autoComplete="off" className={`${inputClass} h-8 font-mono text-[13px]`} />
        <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button kind="primary" type="submit" blocked={wrong}>{t('Write')}</Button></DialogActions>
      </form>
    </Dialog>
  );
};

const ReplaceDialog = ({ names, onClose, onReplace, onSkip }: { readonly names: readonly string[]; readonly onClose: () => void; readonly onReplace: () => void; readonly onSkip: () => void }): ReactNode => (
  <Dialog open onOpenChange={o => { if (!o) onClose(); }} title={names.length === 1 ? t('Replace {name}?', { name: shownName(names[0] ?? '') }) : t('Replace {n} files?', { n: names.length })} description={names.length > 8 ? t('{names} and more are there already.', { names: names.slice(0, 8).map(shownName).join(', ') }) : t('{n, plural, one {{names} is there already.} other {{names} are there already.}}', { n: names.length, names: names.map(shownName).join(', ') })}>
    <DialogActions><Button onClick={onClose}>{t('Cancel')}</Button><Button onClick={onSkip}>{t('Upload the others')}</Button><Button kind="danger" onClick={onReplace}>{t('Replace')}</Button></DialogActions>
  </Dialog>
);
