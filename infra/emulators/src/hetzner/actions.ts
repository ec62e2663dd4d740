/** What takes time. An action is under way until its time is over or a spec ends it; then its effect happens, or it fails. */
import { newId, type Action, type Project, type State } from './state.js';

export interface ActionFault { /** How many; 1 when not given. */ readonly times?: number; /** Only these, e.g. `create_server`. */ readonly command?: string; readonly code?: string; readonly message?: string }

export interface Begin {
  readonly command: string;
  readonly resources: Action['resources'];
  /** When it has ended well. May take time itself: the action lasts until then. */
  readonly effect?: () => void | Promise<void>;
  /** When it failed. */
  readonly failed?: () => void;
  /** Starts only when this one has ended well; fails with it. */
  readonly after?: Action;
}

export interface Actions {
  begin(project: Project, what: Begin): Action;
  /** Of those that begin from now on, ms: one number, or one per command. Infinity: until `finish`. */
  setTime(time: number, command?: string): void;
  fail(fault: ActionFault): void;
  /** Ends all that are under way now, and waits for their effects. */
  finish(): Promise<void>;
  /** Nothing goes on after this. */
  stop(): void;
}

interface Running { readonly action: Action; readonly end: () => Promise<void>; timer?: NodeJS.Timeout }

export const actionEngine = (state: State, presetTime: number): Actions => {
  let time = presetTime;
  const times = new Map<string, number>();
  let faults: { readonly fault: ActionFault; left: number }[] = [];
  const running = new Map<number, Running>();
  const followers = new Map<number, Running[]>();
  /** Effects under way. */
  const ending = new Set<Promise<void>>();
  let stopped = false;

  const nextFault = (command: string): ActionFault | undefined => {
    const hit = faults.find(({ fault, left }) => left > 0 && (fault.command ?? command) === command);
    if (hit) hit.left -= 1;
    faults = faults.filter(f => f.left > 0);
    return hit?.fault;
  };
  const start = (entry: Running): void => {
    running.set(entry.action.id, entry);
    // Longer than a timer can wait counts as for ever.
    if (entry.action.duration < 2 ** 31) entry.timer = setTimeout(() => void entry.end(), entry.action.duration);
  };
  const close = (action: Action, error: Action['error']): void => {
    action.status = error ? 'error' : 'success';
    action.error = error;
    action.finished = state.now();
  };

  return {
    begin: (project, { command, resources, effect, failed, after }) => {
      const action: Action = { id: newId(state), command, status: 'running', started: state.now(), finished: null, duration: times.get(command) ?? time, error: null, resources };
      project.actions.set(action.id, action);
      const conclude = async (): Promise<void> => {
        const fault = after?.status === 'error' ? { code: 'action_failed', message: 'Action failed' } : nextFault(command);
        let error: Action['error'] = fault ? { code: fault.code ?? 'action_failed', message: fault.message ?? 'Action failed' } : null;
        if (error === null) await Promise.resolve(effect?.()).catch((cause: unknown) => { error = { code: 'server_error', message: cause instanceof Error ? cause.message : 'Action failed' }; });
        if (error !== null) failed?.();
        close(action, error);
        const next = followers.get(action.id) ?? [];
        followers.delete(action.id);
        for (const follower of next) start(follower);
      };
      const end = (): Promise<void> => {
        if (stopped || !running.delete(action.id)) return Promise.resolve();
        clearTimeout(entry.timer);
        const done = conclude().finally(() => ending.delete(done));
        ending.add(done);
        return done;
      };
      const entry: Running = { action, end };
      if (after && after.status === 'running') followers.set(after.id, [...followers.get(after.id) ?? [], entry]);
      else start(entry);
      return action;
    },
    setTime: (ms, command) => { if (command === undefined) time = ms; else times.set(command, ms); },
    fail: fault => { faults.push({ fault, left: fault.times ?? 1 }); },
    finish: async () => {
      for (const { end } of running.values()) void end();
      while (ending.size > 0) {
        await Promise.all(ending);
        for (const { end } of running.values()) void end();
      }
    },
    stop: () => { stopped = true; for (const { timer } of running.values()) clearTimeout(timer); running.clear(); },
  };
};
