import { describe, expect, it } from '@jest/globals';
import { serverView } from '@xanthus/proto/vps';
import type { Server } from '../contracts.js';
import { actionState, NOT_YOURS, type Abilities } from './actions.js';

const ALL: Abilities = { power: ['on', 'off', 'reboot', 'reset', 'shutdown'], resize: true, rebuild: true, snapshots: true };
const server = (change: Partial<Server>): Server => ({ ...serverView.example as Server, ...change });

describe('what can be done with a server', () => {
  it('needs the right', () => expect(actionState('reboot', server({}), ALL, false)).toEqual({ blocked: NOT_YOURS }));
  it('is what the table of the service says, with its warning', () => {
    expect(actionState('resize', server({ power: 'running' }), ALL, true).blocked).toMatch(/^Switch it off first/);
    expect(actionState('resize', server({ power: 'off' }), ALL, true)).toEqual({});
    expect(actionState('power-off', server({ power: 'running' }), ALL, true).warning).toMatch(/lost/);
    expect(actionState('reboot', server({ operation: { id: 'x', kind: 'resize' } }), ALL, true).blocked).toMatch(/^It is busy: changing its type/);
  });
  it('takes what answers for switched on', () => {
    expect(actionState('power-on', server({ status: 'reachable' }), ALL, true).blocked).toBe('It is switched on already.');
    expect(actionState('power-on', server({ status: 'unreachable' }), ALL, true)).toEqual({});
  });
  it('says that the provider is asked, as long as it is', () => {
    expect(actionState('rebuild', server({}), undefined, true).blocked).toMatch(/^Its provider is being asked/);
    expect(actionState('read-logs', server({}), undefined, true)).toEqual({});
  });
});
