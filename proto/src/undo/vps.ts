import { cannot, command, each, fieldsOf, NOT_BEFORE, OBSERVED, page, PROGRESS, text, texts, type Undo, type UndoneEvent, type UndoTable } from './undo.js';

const kindOf = (event: UndoneEvent): string => text(event.data['kind']);

const power = ({ data }: UndoneEvent): Undo => {
  const { from, to } = data;
  if (to === 'running' && from === 'off') return command({ aggregate: 'server', verbs: ['shutdown'], row: { view: 'servers', fields: ['power'] }, note: 'The server is asked to shut down. One without a provider can’t be switched on again from here.', make: () => ({ verb: 'shutdown', input: {} }) });
  if (to === 'off' && from === 'running') return command({ aggregate: 'server', verbs: ['power-on'], row: { view: 'servers', fields: ['power'] }, make: () => ({ verb: 'power-on', input: {} }) });
  return cannot('Whether it was running before is not known.');
};

export const vpsUndo: UndoTable = {
  'server.ServerRenamed': command({ aggregate: 'server', verbs: ['rename'], row: { view: 'servers', fields: ['name'] }, make: ({ before }) => (before ? { verb: 'rename', input: { name: before['name'] } } : NOT_BEFORE) }),
  'server.ServerTagged': command({
    aggregate: 'server', verbs: ['tag'], row: { view: 'servers', fields: ['tags'] }, note: 'Roles that are narrowed to tags reach other servers then.',
    make: ({ before }) => (before ? { verb: 'tag', input: { tags: texts(before['tags']) } } : NOT_BEFORE),
  }),
  'server.TimeZoneSet': command({
    aggregate: 'server', verbs: ['set-time-zone'], row: { view: 'servers', fields: ['time_zone'] },
    make: ({ event, before }) => { const zone = text(event.data['from']) || text(before?.['time_zone']); return zone ? { verb: 'set-time-zone', input: { time_zone: zone } } : 'Which time zone it had before was not asked.'; },
  }),
  'server.PowerChanged': power,
  'server.ServerResized': command({
    aggregate: 'server', verbs: ['resize'], row: { view: 'servers', fields: ['type'] }, note: 'The server must be off. A disk that grew with it can’t shrink again: then the provider refuses.',
    make: ({ event }) => (text(event.data['from']) ? { verb: 'resize', input: { type: event.data['from'] } } : 'Which type it was before is not known.'),
  }),
  'server.AuthorizedKeyAdded': command({
    aggregate: 'server', verbs: ['remove-key'], says: e => [{ name: `Key ${text(e.data['comment']) || text(e.data['fingerprint'])}`, is: 'may log in', will: 'may not log in' }],
    make: ({ event }) => ({ verb: 'remove-key', input: { fingerprint: event.data['fingerprint'] } }),
  }),
  'server.AuthorizedKeyRemoved': page('Only the fingerprint of the key is kept. Add the public key again in the server’s settings.'),
  'server.SnapshotCreated': page('Delete the snapshot in the server’s settings: that can’t be taken back in its turn.'),
  'server.SnapshotDeleted': cannot('The provider has deleted the snapshot; nobody has its contents any more.'),
  'server.ServerRebuilt': cannot('Everything on its disk was lost. A snapshot from before, if there is one, can be used for another rebuild.'),
  'server.ServerAdopted': page('Remove the server from Xanthus on its page; the machine itself stays as it is.'),
  'server.ServerRequested': page('Cancel the set-up, or delete the server, on its page: what was made at the provider goes with it.'),
  'server.ServerDeleted': cannot('The server was removed with its credentials. Adopt it again if the machine still exists.'),
  'server.ServerRemovalRequested': cannot('Deleting had begun; a machine that is gone at the provider does not come back.'),
  'server.ServerHostKeyAccepted': cannot('The former host key is not shown by the machine any more. Should it come back, the server is blocked and asks you.'),
  'server.ManifestApplied': cannot('What the cluster had before is not kept here. Apply the former manifest again.'),
  'server.KubeconfigRead': cannot('What somebody has read can’t be taken from them. Rotate the access in the cluster if you must.'),
  'server.ServerAccessGranted': cannot('It was one connection of a service, and is over.'),
  ...each('server', ['ServerFactsObserved', 'ServerBecameReachable', 'ServerBecameUnreachable', 'ServerHostKeyChanged', 'ServerPriced'], OBSERVED),
  ...each('server', ['ServerPlaced', 'ServerSetUpStarted', 'ServerBecameReady', 'ServerSetUpFailed', 'ServerSetUpStopped', 'ServerRemovalFailed', 'OperationStarted', 'OperationProgressed', 'OperationFinished', 'OperationFailed'], PROGRESS),
  ...each('provisioning', ['ProvisioningStarted', 'StepStarted', 'StepProgressed', 'StepFinished', 'StepFailed', 'ProvisioningFailed', 'ProvisioningRetried', 'ProvisioningCancelRequested', 'ProvisioningCancelled', 'ProvisioningFinished'], PROGRESS),
  ...each('removal', ['RemovalStarted', 'RemovalStepStarted', 'RemovalStepFinished', 'RemovalStepFailed', 'RemovalFailed', 'RemovalRetried', 'RemovalFinished'], cannot('What is gone at the provider does not come back.')),

  'alert.AlertMuted': command({
    aggregate: 'alert', verbs: ['mute'], row: { view: 'alerts', fields: ['muted'] },
    make: ({ event, before, now }) => { const until = text(fieldsOf(before?.['muted'])[kindOf(event)]); return { verb: 'mute', input: { kind: kindOf(event), until: until > now ? until : null } }; },
  }),
  'alert.AlertLimitsSet': command({ aggregate: 'alert', verbs: ['set-limits'], row: { view: 'alerts', fields: ['limits'] }, make: ({ before }) => ({ verb: 'set-limits', input: { limits: fieldsOf(before?.['limits']) } }) }),
  'alert.AlertAcknowledged': cannot('Others were told that somebody takes care of it. It ends when the alert is over.'),
  ...each('alert', ['AlertRaised', 'AlertCleared'], OBSERVED),
  ...each('drift', ['DriftFound', 'DriftSettled'], OBSERVED),
  'drift.DriftIgnored': page('What is left as it is can still be accepted or reverted on the page of differences.'),
  'drift.DriftAnswerFailed': cannot('Nothing was done, so there is nothing to take back.'),

  'ssh-key.SshKeyGenerated': page('Remove the key on the page of SSH keys: its private half is destroyed then, which can’t be taken back.'),
  'ssh-key.SshKeyImported': command({ aggregate: 'ssh-key', verbs: ['remove'], row: { view: 'ssh-keys', fields: ['name'] }, note: 'Servers that have the key keep it.', make: () => ({ verb: 'remove', input: {} }) }),
  'ssh-key.SshKeyRemoved': cannot('Its private half was destroyed. Import the public key again if you have it.'),
  'provider.ProviderRenamed': command({ aggregate: 'provider', verbs: ['rename'], row: { view: 'providers', fields: ['name'] }, make: ({ before }) => (before ? { verb: 'rename', input: { name: before['name'] } } : NOT_BEFORE) }),
  'provider.ProviderConnected': page('Forget the account on the page of providers: its key is destroyed then.'),
  'provider.ProviderKeyReplaced': cannot('The former key was destroyed. Give it again on the page of providers if it still holds.'),
  'provider.ProviderDisconnected': cannot('Its key was destroyed. Connect the account again with a key.'),
  ...each('provider', ['ProviderRefused', 'ProviderAccepted'], OBSERVED),
};
