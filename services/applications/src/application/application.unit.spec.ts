import { describe, expect, it } from '@jest/globals';
import { given } from '@xanthus/kernel';
import { ACTIONS, actionsOf, STATUSES, WORK_KINDS, type MadeObject, type Release } from '@xanthus/proto/applications';
import { applicationDecider, applicationType, nextOf, type ApplicationCommand } from './application.decide.js';
import { initialApplication, isLiving, type ApplicationEvent, type ApplicationState } from './application.js';

const [DEPLOY, NEXT] = ['01jd3x8e2v5y9w4z7q6r1s0td1', '01jd3x8e2v5y9w4z7q6r1s0td2'];
const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';
const REQUESTED: ApplicationEvent = { type: 'ApplicationRequested', data: {
  name: 'Notes', entry: 'notes', entry_name: 'Notes', icon: '', server: '01jd3x8e2v5y9w4z7q6r1s0tab', server_name: 'web-1', zone: ZONE, subdomain: 'notes', host: 'notes.example.com', namespace: 'notes', release_name: 'notes', version: '1.0.0', deployment: DEPLOY,
  plan: '01jd3x8e2v5y9w4z7q6r1s0tpn', reason: '', updates: { auto: 'none', window: null },
} };
const RELEASE: Release = { revision: 1, version: '1.0.0', chart_repository: 'local', chart: 'app', chart_version: '1.0.0', entry_digest: 'a'.repeat(64), sealed: 'release', values_digest: 'b'.repeat(64), host: 'notes.example.com', zone: ZONE, exposures: [] };
const made = (name: string, ref: string | null = null): MadeObject => ({ sort: 'object', kind: 'Service', namespace: 'notes', name, ref });
const released = (revision: number, deployment: string, more: Partial<Release> = {}): ApplicationEvent => ({ type: 'ReleaseMade', data: { deployment, release: { ...RELEASE, revision, ...more }, again: null, reason: '' } });
const ended = (deployment: string, kind: 'deploy' | 'upgrade', outcome: 'done' | 'failed' = 'done'): ApplicationEvent => ({ type: 'WorkEnded', data: { deployment, kind, outcome, status: 'running', problem: outcome === 'done' ? null : { code: 'X.Y', message: 'No.' } } });
const RUNNING: readonly ApplicationEvent[] = [REQUESTED, { type: 'ObjectsMade', data: { deployment: DEPLOY, objects: [made('notes')] } }, released(1, DEPLOY), ended(DEPLOY, 'deploy')];
const start = (as: 'upgrade' | 'rollback' | 'stop' | 'revert' | 'delete' = 'upgrade'): ApplicationCommand => ({ type: 'StartWork', as, kind: as, deployment: NEXT, plan: null, with: {}, reason: '' });

describe('an application', () => {
  it('is requested once', () => {
    const command: ApplicationCommand = { type: 'Request', ...REQUESTED.data as Extract<ApplicationEvent, { type: 'ApplicationRequested' }>['data'] };
    expect(given(applicationDecider).when(command).then()).toEqual([REQUESTED]);
    expect(given(applicationDecider, [REQUESTED]).when(command).then()).toEqual([]);
  });

  it('has one piece of work at a time', () => {
    expect(given(applicationDecider, [REQUESTED]).when(start()).refusal()).toBe('APPLICATION.BUSY');
    const busy = [...RUNNING, ...given(applicationDecider, RUNNING).when(start()).then()];
    expect(given(applicationDecider, busy).state()).toMatchObject({ status: 'updating', work: { deployment: NEXT, kind: 'upgrade' } });
    expect(given(applicationDecider, busy).when(start('stop')).refusal()).toBe('APPLICATION.BUSY');
    expect(given(applicationDecider, busy).when({ type: 'Retry' }).refusal()).toBe('APPLICATION.BUSY');
  });

  it('refuses what the table does not allow, and says what it does', () => {
    expect(given(applicationDecider, RUNNING).when(start('rollback')).refusal()).toBe('APPLICATION.NOT_ALLOWED_NOW');
    expect(given(applicationDecider, RUNNING).when(start('revert')).refusal()).toBe('APPLICATION.NOT_ALLOWED_NOW');
    expect(given(applicationDecider, RUNNING).when({ type: 'Retry' }).refusal()).toBe('APPLICATION.NOTHING_FAILED');
  });

  it('takes what a process tells once, and only of its own work', () => {
    const busy = [...RUNNING, ...given(applicationDecider, RUNNING).when(start()).then()];
    const note: ApplicationCommand = { type: 'NoteMade', deployment: NEXT, objects: [made('notes'), made('extra')] };
    const noted = given(applicationDecider, busy).when(note);
    expect(noted.then()).toEqual([{ type: 'ObjectsMade', data: { deployment: NEXT, objects: [made('extra')] } }]);
    expect(given(applicationDecider, [...busy, ...noted.then()]).when(note).then()).toEqual([]);
    expect(given(applicationDecider, busy).when({ ...note, deployment: DEPLOY }).then()).toEqual([]);
    expect(given(applicationDecider, RUNNING).when({ type: 'EndWork', deployment: DEPLOY, outcome: 'done', status: 'running', problem: null }).then()).toEqual([]);
    expect(given(applicationDecider, busy).when({ type: 'NoteGone', deployment: NEXT, objects: [made('notes', 'x'), made('never')] }).then()).toEqual([{ type: 'ObjectsGone', data: { deployment: NEXT, objects: [made('notes')] } }]);
  });

  it('tells of more than 200 objects in several events', () => {
    const many = Array.from({ length: 450 }, (_, n) => made(`o${n}`));
    const events = given(applicationDecider, [REQUESTED]).when({ type: 'NoteMade', deployment: DEPLOY, objects: many });
    expect(events.then().map(e => (e.type === 'ObjectsMade' ? e.data.objects.length : 0))).toEqual([200, 200, 50]);
    expect(events.state()).toMatchObject({ made: many });
  });

  it('may go on with what failed, until something else has begun', () => {
    const failed = [...RUNNING, ...given(applicationDecider, RUNNING).when(start()).then(), ended(NEXT, 'upgrade', 'failed')];
    expect(given(applicationDecider, failed).when({ type: 'Retry' }).then()).toEqual([{ type: 'WorkStarted', data: { deployment: NEXT, kind: 'upgrade', plan: null, with: {}, reason: 'once more', retry: true } }]);
    expect(given(applicationDecider, [...failed, ...given(applicationDecider, failed).when(start('stop')).then()]).state()).toMatchObject({ work: { kind: 'stop' } });
  });

  it('forgets with a release what was scaled and what differed by hand', () => {
    const scaled: ApplicationEvent[] = [...RUNNING, { type: 'PodsScaled', data: { deployment: NEXT, workload: 'Deployment/notes', from: 2, to: 0 } }, { type: 'DriftSeen', data: { findings: [{ kind: 'Deployment', name: 'notes', what: 'changed', detail: '' }] } }];
    expect(given(applicationDecider, scaled).state()).toMatchObject({ scaled: { 'Deployment/notes': 0 }, stopped: { 'Deployment/notes': 2 }, findings: [{}] });
    expect(given(applicationDecider, [...scaled, released(2, NEXT, { version: '2.0.0' })]).state()).toMatchObject({ version: '2.0.0', scaled: {}, stopped: {}, findings: [], releases: [{ revision: 1 }, { revision: 2 }] });
  });

  it('says no more of what somebody accepted, until it changes', () => {
    const drifted: ApplicationEvent[] = [...RUNNING, { type: 'DriftSeen', data: { findings: [{ kind: 'Deployment', name: 'notes', what: 'changed', detail: '' }] } }];
    expect(given(applicationDecider, RUNNING).when({ type: 'AcceptDrift', digest: 'c'.repeat(64) }).refusal()).toBe('APPLICATION.NO_DRIFT');
    const accepted = [...drifted, ...given(applicationDecider, drifted).when({ type: 'AcceptDrift', digest: 'c'.repeat(64) }).then()];
    expect(nextOf(given(applicationDecider, drifted).state() as never)).toContain('revert');
    expect(nextOf(given(applicationDecider, accepted).state() as never)).not.toContain('revert');
    const more: ApplicationEvent[] = [...accepted, { type: 'DriftSeen', data: { findings: [{ kind: 'Deployment', name: 'notes', what: 'changed', detail: '' }, { kind: 'Service', name: 'notes', what: 'missing', detail: '' }] } }];
    expect(nextOf(given(applicationDecider, more).state() as never)).toContain('revert');
  });

  it('is gone for good', () => {
    const deleting = [...RUNNING, ...given(applicationDecider, RUNNING).when(start('delete')).then()];
    const gone = [...deleting, ...given(applicationDecider, deleting).when({ type: 'EndDelete', deployment: NEXT, kept: [made('volume')] }).then()];
    expect(given(applicationDecider, gone).state()).toMatchObject({ status: 'deleted', kept: [made('volume')] });
    expect(given(applicationDecider, gone).when(start()).refusal()).toBe('APPLICATION.NOT_FOUND');
    expect(given(applicationDecider, gone).when({ type: 'NoteMade', deployment: NEXT, objects: [made('late')] }).then()).toEqual([]);
    expect(given(applicationDecider, RUNNING).when({ type: 'EndDelete', deployment: NEXT, kept: [] }).then()).toEqual([]);
  });

  it('bears its events in any order', () => {
    const all: readonly ApplicationEvent[] = [...RUNNING, ...given(applicationDecider, RUNNING).when(start()).then(), released(2, NEXT), ended(NEXT, 'upgrade'), { type: 'ApplicationDeleted', data: { kept: [] } }];
    for (let seed = 1; seed <= 500; seed++) {
      const order = all.map((e, n) => [(seed * 7_919 * (n + 3)) % 1_009, e] as const).sort((a, b) => a[0] - b[0]).map(([, e]) => e);
      const state = order.reduce<ApplicationState>((s, e) => applicationDecider.evolve(s, e, undefined as never), initialApplication);
      if (isLiving(state)) expect(nextOf(state).every(a => ACTIONS.includes(a))).toBe(true);
    }
    expect(Object.keys(applicationType.schemas)).toHaveLength(15);
  });
});

describe('the table of actions', () => {
  const facts = { failed: null, releases: 2, exposures: 1, drift: 1 };

  it.each(STATUSES)('%s: nothing but at most a cancel while work is under way', (status) => {
    for (const work of WORK_KINDS) expect(actionsOf({ ...facts, status, work }).filter(a => a !== 'cancel')).toEqual([]);
  });

  it('an application can always be deleted once nothing is under way', () => {
    for (const status of ['running', 'stopped', 'failed'] as const) expect(actionsOf({ ...facts, status, work: null, releases: 0, exposures: 0, drift: 0 })).toContain('delete');
  });
});
