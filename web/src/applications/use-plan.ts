import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommandContract } from '@xanthus/proto';
import { deleteApplication, deployApplication, exposePort, planApplication, revertApplication, rollbackApplication, setApplicationValues, upgradeApplication, type ApplicationPlanDetail, type ApplicationWish, type PlannedApplication } from '../contracts.js';
import { useClient } from '../live/live-context.js';

type Kind = ApplicationWish['kind'];
const COMMANDS = { deploy: deployApplication, upgrade: upgradeApplication, 'set-values': setApplicationValues, rollback: rollbackApplication, expose: exposePort, revert: revertApplication, delete: deleteApplication } as const satisfies Record<Kind, CommandContract>;
type WarningKind = ApplicationPlanDetail['warnings'][number]['kind'];

/** A wish becomes a plan, is looked at, and is carried out exactly so. */
export const usePlan = (onBegun: (id: string) => void) => {
  const client = useClient();
  const queries = useQueryClient();
  const [accepted, setAccepted] = useState<ReadonlySet<WarningKind>>(new Set());
  const make = useMutation({
    mutationFn: async ({ wish, reason }: { readonly wish: ApplicationWish; readonly reason: string }): Promise<PlannedApplication & { readonly wish: ApplicationWish }> => ({ ...await client.command(planApplication, { wish, reason }), wish }),
    onMutate: () => setAccepted(new Set()),
  });
  const carryOut = useMutation({
    mutationFn: async (): Promise<{ readonly id: string }> => {
      const plan = make.data;
      if (!plan) throw new Error('there is no plan');
      const input = { plan: plan.id, hash: plan.hash, accept: [...accepted] };
      const { wish } = plan;
      if (wish.kind === 'deploy') return client.command(deployApplication, input);
      return client.command(COMMANDS[wish.kind], input, { id: wish.application });
    },
    onSuccess: ({ id }) => {
      make.reset();
      void queries.invalidateQueries({ queryKey: ['application', client.tenant, id] });
      onBegun(id);
    },
  });
  return { make, carryOut, accepted, setAccepted, plan: make.data };
};
