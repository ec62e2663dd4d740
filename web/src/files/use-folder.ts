import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { FileEntry, FolderPage } from '../contracts.js';
import { toProblem, type ShownProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { filesList } from './files.data.js';

export interface Folder extends Omit<FolderPage, 'entries' | 'next'> { readonly entries: readonly FileEntry[] }
export interface FolderState { readonly folder: Folder | undefined; readonly loading: boolean; readonly problem: ShownProblem | undefined; reload(): void }

/** All of a folder, page by page. `path` undefined: the home of the account. */
export const useFolder = (server: string, path: string | undefined): FolderState => {
  const client = useClient();
  const asked = useQuery({
    queryKey: ['files', client.tenant, server, path ?? null],
    queryFn: async (): Promise<Folder> => {
      const entries: FileEntry[] = [];
      for (let after: string | undefined; ;) {
        const page: FolderPage = await filesList(client, { ...(path === undefined ? {} : { path }), ...(after === undefined ? {} : { after }) }, server);
        entries.push(...page.entries);
        if (page.next === null) return { ...page, entries };
        after = page.next;
      }
    },
    staleTime: 5_000, gcTime: 60_000, retry: false, placeholderData: keepPreviousData,
  });
  return { folder: asked.error ? undefined : asked.data, loading: asked.isFetching, problem: asked.error ? toProblem(asked.error) : undefined, reload: () => void asked.refetch() };
};
