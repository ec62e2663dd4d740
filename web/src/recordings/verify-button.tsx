import { useMutation } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RecordingVerified } from '../contracts.js';
import { toProblem } from '../lib/problem.js';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { Button } from '../ui/button.js';
import { ProblemNote } from '../ui/problem-note.js';
import { clock } from './recording-link.js';
import { verifyRecording } from './recordings.data.js';

/** Walks the chain of hashes, in as many questions as it takes. */
export const VerifyButton = ({ id }: { readonly id: string }): ReactNode => {
  const client = useClient();
  const walk = useMutation({
    mutationFn: async (): Promise<RecordingVerified> => {
      for (let after: RecordingVerified['next'] = null; ;) {
        const answer: RecordingVerified = await verifyRecording(client, after === null ? {} : { after }, id);
        if (answer.next === null) return answer;
        after = answer.next;
      }
    },
  });
  return (
    <div className="grid gap-2">
      <Button size="sm" busy={walk.isPending} icon={<ShieldCheck aria-hidden className="size-3.5" />} onClick={() => walk.mutate()}>{t('Verify')}</Button>
      {walk.error && <ProblemNote problem={toProblem(walk.error)} />}
      <p role="status" className="text-[12px]">{walk.data && <Result verified={walk.data} />}</p>
    </div>
  );
};

const Result = ({ verified: { ok, chunks, fault, expected } }: { readonly verified: RecordingVerified }): ReactNode => (ok
  ? <span className="text-ok">{expected === null
    ? t('{chunks, plural, one {Its one part is as recorded so far.} other {All # parts are as recorded so far.}}', { chunks })
    : t('{chunks, plural, one {Its one part is as recorded, and ends as the log says.} other {All # parts are as recorded, and end as the log says.}}', { chunks })}</span>
  : <span className="text-bad">{t('Not as recorded: part {chunk}, about {clock}. {what}', { chunk: (fault?.chunk ?? 0) + 1, clock: clock(fault?.at_ms ?? 0), what: fault?.what ?? '' })}</span>);
