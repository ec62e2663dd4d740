import { useMutation } from '@tanstack/react-query';
import { FileKey } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Server } from '../../contracts.js';
import { toProblem } from '../../lib/problem.js';
import { useClient } from '../../live/live-context.js';
import { rich, t } from '../../texts/text.js';
import { Button } from '../../ui/button.js';
import { Code } from '../../ui/copy-button.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Panel } from '../../ui/panel.js';
import { ProblemNote } from '../../ui/problem-note.js';
import { ShownOnce } from '../../ui/shown-once.js';
import { readKubeconfig } from '../server.data.js';
import { useActions } from '../use-actions.js';

const commandWith = (file: string): string => `KUBECONFIG=./${file} kubectl get nodes`;

export const KubeconfigPanel = ({ server }: { readonly server: Server }): ReactNode => {
  const [open, setOpen] = useState(false);
  const { blocked } = useActions(server)('read-kubeconfig');
  return (
    <Panel title={t('Kubeconfig')}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-[13px] text-ink-2">{t('For kubectl, Helm and other tools on your own machine.')}</p>
        <Button blocked={blocked} icon={<FileKey aria-hidden className="size-4" />} onClick={() => setOpen(true)}>{t('Get kubeconfig…')}</Button>
      </div>
      <Dialog open={open} onOpenChange={setOpen} wide title={t('Kubeconfig of {name}', { name: server.name })}>{open && <Read server={server} onDone={() => setOpen(false)} />}</Dialog>
    </Panel>
  );
};

const Read = ({ server, onDone }: { readonly server: Server; readonly onDone: () => void }): ReactNode => {
  const client = useClient();
  const read = useMutation({ mutationFn: () => readKubeconfig(client, server.id, {}) });
  const file = `${server.name}.kubeconfig.yaml`;
  if (read.data) {
    return (
      <ShownOnce secret={read.data.kubeconfig} copyLabel={t('Copy kubeconfig')} file={file} done={t('Done')} onDone={onDone} after={<div><p className="mb-1.5 text-[13px] text-ink-2">{t('Then, where you saved it:')}</p><Code block text={commandWith(file)} label={t('Copy command')} /></div>}>
        {rich('It reaches the cluster at {address}.', { address: <span className="font-mono text-ink">{read.data.server}</span> })}
      </ShownOnce>
    );
  }
  return (
    <>
      {read.error && <ProblemNote className="mb-3" problem={toProblem(read.error)} onRetry={() => read.mutate()} />}
      <p className="text-ink-2">{t('Whoever has this file is administrator of the cluster on {name}: they can see every secret in it and run anything there. It can’t be taken back alone. That you got it is recorded in the history.', { name: server.name })}</p>
      <DialogActions><Button onClick={onDone}>{t('Cancel')}</Button><Button kind="primary" busy={read.isPending} onClick={() => read.mutate()}>{t('Get kubeconfig')}</Button></DialogActions>
    </>
  );
};
