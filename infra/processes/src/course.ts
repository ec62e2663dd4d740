import { AsyncLocalStorage } from 'node:async_hooks';
import { handle, newId, type Aggregates, type AggregateType, type CommandResult, type DomainEvent } from '@xanthus/kernel';

/** What follows from one command, over services and restarts. */
export interface Course {
  readonly correlation_id: string;
  /** Id of the event that began the work. It stands in the ids of the commands that carry it on, so that the log tells what led to them. */
  readonly began: string;
}

const courses = new AsyncLocalStorage<Course>();

/**
 * Work that goes on with a course: what `handleAsService` decides and what `ask` sends within it belongs to it, however deep. Carried along with the calls
 * instead of handed through each of them, as tracing is: a step that forgot it would end the chain of causes without anybody noticing.
 */
export const inCourse = <T>(course: Course | undefined, work: () => T): T => (course === undefined ? work() : courses.run(course, work));

export const currentCourse = (): Course | undefined => courses.getStore();

/**
 * What a service does by itself: its own name stands as the actor. `cause`: what it follows from, with a command id that is the same at every try; left out, the course that goes on (`inCourse`), or else a new one.
 * The command id is `step-<event that began the course>-<new id>` then, or a new id, which is the correlation id too.
 * @param on `now`: ms since 1970, of the clock that stamps the command; the machine's if there is none. @throws Refusal, ConflictError, UncertainError as `handleCommand`
 */
export const handleAsService = <S, C, E extends DomainEvent>(
  on: Aggregates & { readonly now?: () => number }, type: AggregateType<S, C, E>, tenant: string, id: string, command: C, cause: { readonly command_id?: string; readonly correlation_id?: string } = {},
): Promise<CommandResult<S, E>> => {
  const course = currentCourse();
  const { command_id = course === undefined ? newId() : `step-${course.began}-${newId()}`, correlation_id = course?.correlation_id ?? command_id } = cause;
  return handle(on, type, { tenant, id, actor: { kind: 'service', id: type.service }, now: new Date((on.now ?? Date.now)()).toISOString(), command_id, correlation_id }, command);
};
