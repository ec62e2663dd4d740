import type { Decider } from './decider.js';
import type { CommandContext, DomainEvent } from './event.js';
import { Refusal } from './refusal.js';

/** The context that `given(…).when(…)` uses where a test does not say otherwise. */
export const TEST_CONTEXT: CommandContext = {
  tenant: 'acme', id: '01jd3x8e2v5y9w4z7q6r1s0tcd', actor: { kind: 'person', id: '01jd3x8e2v5y9w4z7q6r1s0tps' }, now: '2026-01-01T00:00:00.000Z', command_id: 'command-1', correlation_id: 'correlation-1',
};

/** What a decision came to; the caller asserts on it with the matchers of its test runner. */
export interface Decision<S, E extends DomainEvent> {
  /** The events, or throws the refusal. */
  then(): readonly E[];
  /** The refusal's code, or undefined if there was none. */
  refusal(): string | undefined;
  /** The state after the events. */
  state(): S;
}

const fold = <S, C, E extends DomainEvent>(decider: Decider<S, C, E>, state: S, events: readonly E[], context: CommandContext, from: number): S =>
  events.reduce((before, event, i) => decider.evolve(before, event, { tenant: context.tenant, id: context.id, seq: from + i, occurred_at: context.now, actor: context.actor }), state);

/** `given(decider, [ServerAdopted]).when({ type: 'Rename', … }).then()`: a test of a decider without a store. */
export const given = <S, C, E extends DomainEvent>(decider: Decider<S, C, E>, events: readonly E[] = [], context: Partial<CommandContext> = {}) => {
  const full = { ...TEST_CONTEXT, ...context };
  const before = fold(decider, decider.initialState, events, full, 1);
  return {
    state: (): S => before,
    when(command: C, when: Partial<CommandContext> = {}): Decision<S, E> {
      const decided = { ...full, ...when };
      const decide = () => decider.decide(before, command, decided);
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- given / when / then is how these tests are read; nobody awaits a decision
        then: decide,
        refusal() {
          try {
            decide();
            return undefined;
          } catch (error) {
            if (error instanceof Refusal) return error.code;
            throw error;
          }
        },
        state: () => fold(decider, before, decide(), decided, events.length + 1),
      };
    },
  };
};
