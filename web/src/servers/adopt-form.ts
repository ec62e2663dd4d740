/** The adopt wizard's state: what was typed, and which test belongs to it. Pure. */
import type { InputOf, OutputOf } from '@xanthus/proto';
import type { adoptServer, testConnection, TestStage } from '../contracts.js';
import type { ShownProblem } from '../lib/problem.js';
import { t } from '../texts/text.js';

export type AuthMethod = 'ssh_key' | 'private_key' | 'password';
export type TestResult = OutputOf<typeof testConnection>;
type Target = InputOf<typeof adoptServer>;

export interface AdoptForm {
  readonly name: string;
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly method: AuthMethod;
  readonly ssh_key: string;
  readonly private_key: string;
  readonly passphrase: string;
  readonly password: string;
}

export type Test =
  | { readonly status: 'none' }
  | { readonly status: 'running'; readonly run: number; readonly since: number; readonly stages: readonly TestStage[] }
  | { readonly status: 'done'; readonly result: TestResult }
  | { readonly status: 'failed'; readonly problem: ShownProblem };

export interface AdoptState {
  readonly form: AdoptForm;
  readonly test: Test;
  /** The host key that the last test showed; stays in view while the test goes on. */
  readonly shown: TestResult['host_key'];
  /** The fingerprint that the person said is the machine's; only ever one that a test showed. */
  readonly confirmed: string | undefined;
  readonly run: number;
}

export type AdoptChange =
  | { readonly type: 'edited'; readonly change: Partial<AdoptForm> }
  | { readonly type: 'test_started'; readonly at: number }
  | { readonly type: 'stage_told'; readonly run: number; readonly stage: TestStage }
  | { readonly type: 'test_done'; readonly run: number; readonly result: TestResult }
  | { readonly type: 'test_failed'; readonly run: number; readonly problem: ShownProblem }
  | { readonly type: 'host_key_confirmed'; readonly yes: boolean };

export const EMPTY: AdoptState = {
  form: { name: '', host: '', port: '22', user: 'root', method: 'ssh_key', ssh_key: '', private_key: '', passphrase: '', password: '' },
  test: { status: 'none' }, shown: null, confirmed: undefined, run: 0,
};

/** What changes how the machine is reached makes an earlier test worthless; its name does not. */
const sameTarget = (change: Partial<AdoptForm>): boolean => Object.keys(change).every(k => k === 'name');

export const reduce = (state: AdoptState, change: AdoptChange): AdoptState => {
  switch (change.type) {
    case 'edited': {
      const form = { ...state.form, ...change.change };
      return sameTarget(change.change) ? { ...state, form } : { ...state, form, test: { status: 'none' }, shown: null, confirmed: undefined };
    }
    case 'test_started':
      return { ...state, run: state.run + 1, test: { status: 'running', run: state.run + 1, since: change.at, stages: [] } };
    case 'stage_told':
      if (state.test.status !== 'running' || state.test.run !== change.run || state.test.stages.some(s => s.name === change.stage.name)) return state;
      return { ...state, test: { ...state.test, stages: [...state.test.stages, change.stage] } };
    case 'test_done':
    case 'test_failed':
      // An answer to a test of something else, typed over meanwhile.
      if (state.test.status !== 'running' || state.test.run !== change.run) return state;
      if (change.type === 'test_failed') return { ...state, test: { status: 'failed', problem: change.problem } };
      // Confirmed was the key that an earlier test showed; another one needs another look.
      return { ...state, test: { status: 'done', result: change.result }, shown: change.result.host_key, confirmed: state.confirmed === change.result.host_key?.fingerprint ? state.confirmed : undefined };
    case 'host_key_confirmed':
      return { ...state, confirmed: change.yes ? state.shown?.fingerprint : undefined };
  }
};

/** `deploy@web-1.example.com:2222` pasted as the host is taken apart. */
export const readAddress = (text: string): Partial<AdoptForm> => {
  const match = /^(?:ssh:\/\/)?(?:([a-z_][a-z0-9_.-]*)@)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (!match) return { host: text.trim() };
  const [, user, host = '', port] = match;
  return { host, ...(user ? { user } : {}), ...(port ? { port } : {}) };
};

/** What a change of the address field means: a paste is taken apart at once; who types is not disturbed before the end. */
export const typedAddress = (before: string, now: string): Partial<AdoptForm> => (now.length > before.length + 1 ? readAddress(now) : { host: now });

/** The name of a server from its address: the first label, if that can be a name. */
export const suggestName = (host: string): string => {
  const label = (/^[\d.]+$/.test(host) ? `server-${host.replaceAll('.', '-')}` : host.split('.')[0] ?? '').replaceAll(/[^A-Za-z0-9-]/g, '-').replace(/^-+|-+$/g, '');
  return label.length >= 3 ? label.slice(0, 63) : '';
};

/** What is missing before a test makes sense, as a sentence. */
export const missing = (form: AdoptForm): string | undefined => {
  if (!form.host.trim()) return t('Enter the address of the machine.');
  if (!form.user.trim()) return t('Enter the user to log in as.');
  if (form.method === 'ssh_key' && !form.ssh_key) return t('Choose or generate an SSH key.');
  if (form.method === 'private_key' && !form.private_key.trim()) return t('Paste the private key.');
  if (form.method === 'password' && !form.password) return t('Enter the password.');
  return undefined;
};

export const toTarget = (form: AdoptForm, host_key?: string): Target => ({
  name: form.name.trim() || suggestName(form.host) || 'server',
  host: form.host.trim(), port: Number(form.port) || 22, user: form.user.trim(),
  auth: form.method === 'ssh_key' ? { ssh_key: form.ssh_key }
    : form.method === 'private_key' ? { private_key: `${form.private_key.trim()}\n`, ...(form.passphrase ? { passphrase: form.passphrase } : {}) }
      : { password: form.password },
  ...(host_key ? { host_key } : {}),
});

/** A password is not sent to a machine whose key nobody confirmed: the test stops there and goes on with the key. */
export const stoppedAtHostKey = (result: TestResult): boolean => result.stages.some(s => s.name === 'auth' && s.status === 'skipped') && !result.stages.some(s => s.status === 'failed');

/** Why it can't be adopted yet; undefined: it can. */
export const notYet = ({ form, test, confirmed }: AdoptState): string | undefined => {
  if (missing(form)) return missing(form);
  if (test.status !== 'done') return t('Test the connection first.');
  if (test.result.stages.some(s => s.status === 'failed')) return t('The test found a problem; solve it and test again.');
  if (!confirmed) return t('Confirm the host key first.');
  if (stoppedAtHostKey(test.result)) return t('Test again, now that the host key is confirmed.');
  return undefined;
};
