import { runDrift } from '../drift/run-drift.js';
import { LifeDoors } from '../endpoints/life.doors.js';
import { runFollows } from '../life/run-follows.js';
import { runWatch } from '../watch/run-watch.js';
import type { ApplicationsCore, Part } from './part.js';

/** How applications are: asked, followed, watched, compared. */
export const composeLife = ({ applications, ports }: ApplicationsCore): Part => ({
  controllers: [LifeDoors],
  standing: [
    { name: 'follows', run: signal => runFollows(applications, signal) },
    { name: 'watch', run: signal => runWatch(applications, ports.ask, signal) },
    { name: 'drift', run: signal => runDrift(applications, signal) },
  ],
});
