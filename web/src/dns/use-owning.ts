import { useMutation } from '@tanstack/react-query';
import { maySend } from '../app/nav.js';
import type { Zone } from '../contracts.js';
import { useCan, useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { toast, toastProblem } from '../ui/toaster.js';
import { adoptRecords, disownRecords } from './dns.data.js';

const MOST = 1_000;
const chunks = (ids: readonly string[]): string[][] => Array.from({ length: Math.ceil(ids.length / MOST) }, (_, i) => ids.slice(i * MOST, (i + 1) * MOST));

/** Takes records of others, and gives them back. The records themselves are not changed by either. */
export const useOwning = (zone: Pick<Zone, 'id'>) => {
  const client = useClient();
  const adopt = useMutation({
    mutationFn: async (ids: readonly string[]) => { for (const records of chunks(ids)) await adoptRecords(client, zone.id, { records }); },
    onSuccess: (_, ids) => toast(t('Adopted'), t('{n, plural, one {One record} other {# records}} may be part of plans now.', { n: ids.length })), onError: toastProblem,
  });
  const disown = useMutation({
    mutationFn: async (ids: readonly string[]) => { for (const records of chunks(ids)) await disownRecords(client, zone.id, { records }); },
    onSuccess: (_, ids) => toast(t('Given back'), t('{n, plural, one {One record} other {# records}}: no plan touches them any more.', { n: ids.length })), onError: toastProblem,
  });
  return { adopt, disown, mayAdopt: useCan(maySend(client.tenant, adoptRecords, zone.id)), mayDisown: useCan(maySend(client.tenant, disownRecords, zone.id)) };
};
