import { cannot, command, each, NOT_BEFORE, OBSERVED, page, pick, PROGRESS, type UndoTable } from './undo.js';

const SETTINGS = ['name', 'filter', 'quiet', 'digest'] as const;

export const notificationsUndo: UndoTable = {
  'channel.ChannelDefined': command({ aggregate: 'channel', verbs: ['remove'], row: { view: 'channels', fields: ['name', 'kind', 'label'] }, note: 'What waits to be sent there is dropped; its secrets are destroyed.', make: () => ({ verb: 'remove', input: {} }) }),
  'channel.ChannelChanged': command({
    aggregate: 'channel', verbs: ['change'], row: { view: 'channels', fields: SETTINGS }, note: 'Where it leads stays as it is: a former address or secret is not kept.',
    make: ({ before }) => (before ? { verb: 'change', input: pick(before, SETTINGS) } : NOT_BEFORE),
  }),
  'channel.ChannelPaused': command({ aggregate: 'channel', verbs: ['resume'], row: { view: 'channels', fields: ['state'] }, make: () => ({ verb: 'resume', input: {} }) }),
  'channel.ChannelResumed': command({ aggregate: 'channel', verbs: ['pause'], row: { view: 'channels', fields: ['state'] }, make: () => ({ verb: 'pause', input: {} }) }),
  'channel.ChannelTested': cannot('What was sent has arrived.'),
  'channel.ChannelRemoved': page('Its secrets were destroyed. Define the channel again in the settings.'),
  ...each('notice', ['NoticeRaised', 'NoticeRepeated', 'NoticeEased', 'NoticeResolved'], OBSERVED),
  ...each('delivery', ['NoticeQueued', 'DeliveryBegun', 'DeliverySucceeded', 'DeliveryFailed', 'DeliveryGivenUp', 'NoticesDropped'], PROGRESS),
};
