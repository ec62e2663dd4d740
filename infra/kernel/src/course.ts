import { AsyncLocalStorage } from 'node:async_hooks';

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
