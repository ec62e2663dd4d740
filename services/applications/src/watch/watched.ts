/** What is noted of applications from turn to turn, and when it is news. Pure. */
import type { Observation } from '../application/application.js';
import type { ApplicationRow } from '../views/applications.js';

/** All of one server, asked in one call. */
export interface ServerGroup { readonly tenant: string; readonly server: string; readonly applications: readonly ApplicationRow[] }

export const groupByServer = (rows: Iterable<readonly [tenant: string, row: ApplicationRow]>): ServerGroup[] => {
  const groups = new Map<string, { tenant: string; server: string; applications: ApplicationRow[] }>();
  for (const [tenant, row] of rows) {
    const key = `${tenant}.${row.server}`;
    const group = groups.get(key) ?? { tenant, server: row.server, applications: [] };
    groups.set(key, group);
    group.applications.push(row);
  }
  return [...groups.values()];
};

/** While something is under way that tells by itself how it goes; before its first release there is nothing to look at. */
export const isQuiet = (row: ApplicationRow): boolean => row.work === null && row.revision > 0;

/** A pod that crashes all the time counts on: 1, 2, 3, 5, 10, 20, 50, … are news, or it would fill the history. */
const step = (restarts: number): number => {
  if (restarts <= 3) return restarts;
  const power = 10 ** Math.floor(Math.log10(restarts));
  return [5, 2, 1].map(f => f * power).find(s => s <= restarts) ?? 3;
};

export const isNews = (before: Pick<ApplicationRow, 'health' | 'sentence' | 'pods' | 'address'>, now: Observation): boolean =>
  before.health !== now.health || before.address !== now.address || before.pods.ready !== now.pods.ready || before.pods.wanted !== now.pods.wanted || step(before.pods.restarts) !== step(now.pods.restarts)
  // The sentence counts restarts too; by itself it is news only where it is about something else.
  || withoutNumbers(before.sentence) !== withoutNumbers(now.sentence);
const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '#');
