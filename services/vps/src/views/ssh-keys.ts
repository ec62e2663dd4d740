import { keyedProjection, type Projection, type RecordedEvent } from '@xanthus/kernel';
import type { DataOf } from '@xanthus/proto';
import { sshKeyView } from '@xanthus/proto/vps';
import type { SshKeyEvent } from '../ssh-key/ssh-key.js';

type SshKeyRow = DataOf<typeof sshKeyView>;

const fold = (row: SshKeyRow | undefined, event: RecordedEvent): SshKeyRow | undefined => {
  const known = event as unknown as SshKeyEvent;
  if (known.type === 'SshKeyRemoved') return undefined;
  if (known.type !== 'SshKeyGenerated' && known.type !== 'SshKeyImported') return row;
  const { name, type, public_key, fingerprint } = known.data;
  return { id: event.aggregate.id, name, type, public_key, fingerprint, has_private_key: known.type === 'SshKeyGenerated', created_at: event.occurred_at, created_by: event.actor };
};

/** Which SSH keys does the tenant have? `<tenant>.ssh-keys.<id>` */
export const sshKeysProjection: Projection = keyedProjection<SshKeyRow>({
  name: 'ssh-keys',
  version: 1,
  schema: sshKeyView.schema,
  own: { view: 'ssh-keys', aggregates: ['ssh-key'] },
  evolve: fold,
});
