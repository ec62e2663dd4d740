/** What was dropped on a page or chosen: files, and folders with all that is in them. */
import { join } from './paths.js';

export interface Chosen { readonly path: string; readonly source: File }
export interface Dropped { readonly files: readonly Chosen[]; /** Parents before children. */ readonly folders: readonly string[] }

const all = async (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> => {
  const found: FileSystemEntry[] = [];
  for (;;) {
    // A hundred at a time; none is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (some.length === 0) return found;
    found.push(...some);
  }
};

const walk = async (entry: FileSystemEntry, folder: string, into: { files: Chosen[]; folders: string[] }): Promise<void> => {
  const path = join(folder, entry.name);
  if (entry.isDirectory) {
    into.folders.push(path);
    for (const child of await all((entry as FileSystemDirectoryEntry).createReader())) await walk(child, path, into);
  } else into.files.push({ path, source: await new Promise<File>((resolve, reject) => { (entry as FileSystemFileEntry).file(resolve, reject); }) });
};

/** The entries are taken at once: they are gone after the event. */
export const readDropped = (data: DataTransfer, folder: string): Promise<Dropped> => {
  const entries = [...data.items].flatMap(item => item.webkitGetAsEntry() ?? []);
  const into = { files: [] as Chosen[], folders: [] as string[] };
  return (async () => {
    for (const entry of entries) await walk(entry, folder, into);
    return into;
  })();
};

/** Of a field; a chosen folder tells its files with their way. */
export const readChosen = (list: FileList, folder: string): Dropped => {
  const folders = new Set<string>();
  const files = [...list].map(source => {
    const names = (source.webkitRelativePath || source.name).split('/');
    for (let i = 1; i < names.length; i++) folders.add(join(folder, names.slice(0, i).join('/')));
    return { path: join(folder, names.join('/')), source };
  });
  return { files, folders: [...folders].toSorted((a, b) => a.length - b.length) };
};
