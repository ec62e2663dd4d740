import { runCertificates } from '../certificates/run-certificates.js';
import { runDrift } from '../drift/run-drift.js';
import { LifeDoors } from '../endpoints/life.doors.js';
import { runFollows } from '../life/run-follows.js';
import { runWatch } from '../watch/run-watch.js';
import { runUpdates } from '../updates/run-updates.js';
import { makePlan } from '../use-cases/plans.js';
import { workByPlan } from '../use-cases/work.js';
import type { ApplicationsCore, Part } from './part.js';

/** How applications are: asked, followed, watched, compared, and kept up to date. */
export const composeLife = ({ applications, ports }: ApplicationsCore): Part => ({
  controllers: [LifeDoors],
  standing: [
    { name: 'follows', run: signal => runFollows(applications, signal) },
    { name: 'watch', run: signal => runWatch(applications, ports.ask, signal) },
    { name: 'drift', run: signal => runDrift(applications, signal) },
    { name: 'certificates', run: signal => runCertificates(applications, signal) },
    { name: 'updates', run: signal => runUpdates(applications, { makePlan, workByPlan }, signal) },
  ],
});
