import { useMutation } from '@tanstack/react-query';
import type { Zone } from '../contracts.js';
import { useClient, usePastTime } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { exportZone } from './dns.data.js';

/** Saves the zone as a zone file: as it is, or as it was at a time; in the past as it was then. */
export const useExport = (zone: Pick<Zone, 'id' | 'name'>) => {
  const client = useClient();
  const then = usePastTime();
  return useMutation({
    mutationFn: async (asked: string | undefined) => {
      const at = asked ?? then;
      let part = await exportZone(client, at ? { at } : {}, zone.id);
      const parts = [part.file];
      while (part.next_offset !== null) parts.push((part = await exportZone(client, { at: part.as_of, offset: part.next_offset }, zone.id)).file);
      return { parts, at };
    },
    onSuccess: ({ parts, at }) => {
      const url = URL.createObjectURL(new Blob(parts, { type: 'text/dns' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = `${zone.name}${at ? `.${at.slice(0, 19).replaceAll(':', '-')}` : ''}.zone`;
      link.click();
      URL.revokeObjectURL(url);
      toast(t('Exported'), link.download);
    },
    onError: toastProblem,
  });
};
