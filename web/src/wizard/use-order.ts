import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { fieldProblems, toProblem, type ShownProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { attemptFor, type Attempt, type Draft } from './draft.js';
import { fittingImages, imageOf, offered, orderOf, portOf, type Offered } from './review-model.js';
import { ownTimeZone } from './time-zones.js';
import { useImages, useLocations, useTypes } from './use-catalogue.js';
import { useNameCheck, type NameCheck } from './use-name-check.js';
import { NAME_CODES } from './wizard-problem.js';
import { createServer } from './wizard.data.js';

export interface Order {
  readonly types: ReturnType<typeof useTypes>;
  readonly places: ReturnType<typeof useLocations>;
  readonly images: ReturnType<typeof useImages>;
  readonly fitting: ReturnType<typeof fittingImages>;
  readonly image: string;
  readonly offer: Offered | undefined;
  readonly check: NameCheck;
  /** What the command said about the name. */
  readonly nameProblem: string | undefined;
  /** What it refused for another reason. */
  readonly problem: ShownProblem | undefined;
  readonly pending: boolean;
  /** Why it can't be sent now. */
  readonly blocked: string | undefined;
  readonly send: () => void;
  readonly forget: () => void;
}

const fresh = (): string => `create-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

const whyNot = (draft: Draft, check: NameCheck, offer: Offered | undefined): string | undefined => {
  if (check.state === 'empty') return t('Give it a name.');
  if (check.state === 'bad') return t('Choose another name.');
  if (portOf(draft) === undefined) return t('The SSH port is between 1 and 65535.');
  return offer?.blocked;
};

/** The order of a server: from what is known of the provider to the command. After it the set-up of the server is shown. */
export const useOrder = (draft: Draft, done: () => void): Order => {
  const client = useClient();
  const navigate = useNavigate();
  const [types, places, images, check] = [useTypes(draft.account), useLocations(draft.account), useImages(draft.account), useNameCheck(draft.name.trim())];
  const offer = offered(draft, types.data);
  const fitting = fittingImages(images.data ?? [], offer?.type);
  const image = imageOf(draft, fitting);
  const attempt = useRef<Attempt>(undefined);
  const create = useMutation({
    mutationFn: async () => {
      const input = orderOf(draft, image, ownTimeZone(), offer?.cost, types.data?.pricing.currency);
      attempt.current = attemptFor(attempt.current, input, fresh);
      return createServer(client, input, { idempotencyKey: attempt.current.key });
    },
    onSuccess: async ({ id }) => {
      await navigate({ to: '/servers/$id', params: { id }, search: { tab: 'set-up' } });
      done();
    },
    // Sold out or dearer: what is shown is not what is.
    onError: () => void types.refetch(),
  });
  const problem = create.error ? toProblem(create.error) : undefined;
  const aboutName = problem && NAME_CODES.has(problem.code) ? problem.message : fieldProblems(problem)['name'];
  return {
    types, places, images, fitting, image, offer, check, nameProblem: aboutName, problem: aboutName ? undefined : problem, pending: create.isPending, blocked: whyNot(draft, check, offer),
    send: () => create.mutate(), forget: () => { if (create.error) create.reset(); },
  };
};
