import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApplicationPlanDetail, ApplicationWish, PlannedApplication } from '../contracts.js';
import { useClient } from '../live/live-context.js';
import { deleteApplication, deployApplication, exposePort, planApplication, revertApplication, rollbackApplication, setApplicationValues, upgradeApplication } from './applications.data.js';

const ACTS = { upgrade: upgradeApplication, 'set-values': setApplicationValues, rollback: rollbackApplication, expose: exposePort, revert: revertApplication, delete: deleteApplication } as const satisfies Record<Exclude<ApplicationWish['kind'], 'deploy'>, unknown>;
type WarningKind = ApplicationPlanDetail['warnings'][number]['kind'];

/** A wish becomes a plan, is looked at, and is carried out exactly so. */
export const usePlan = (onBegun: (id: string) => void) => {
  const client = useClient();
  const queries = useQueryClient();
  const [accepted, setAccepted] = useState<ReadonlySet<WarningKind>>(new Set());
  const make = useMutation({
    mutationFn: async ({ wish, reason }: { readonly wish: ApplicationWish; readonly reason: string }): Promise<PlannedApplication & { readonly wish: ApplicationWish }> => ({ ...await planApplication(client, { wish, reason }), wish }),
    onMutate: () => setAccepted(new Set()),
  });
  const carryOut = useMutation({
    mutationFn: async (): Promise<{ readonly id: string }> => {
      const plan = make.data;
      if (!plan) throw new Error('there is no plan');
      const input = { plan: plan.id, hash: plan.hash, accept: [...accepted] };
      const { wish } = plan;
      if (wish.kind === 'deploy') return deployApplication(client, input);
      return ACTS[wish.kind](client, wish.application, input);
    },
    onSuccess: ({ id }) => {
      make.reset();
      void queries.invalidateQueries({ queryKey: ['application', client.tenant, id] });
      onBegun(id);
    },
  });
  return { make, carryOut, accepted, setAccepted, plan: make.data };
};
