/** All of applications' contracts by kind, for doors, documents and tests. */
import { healthQuery } from '../health.js';
import {
  acceptApplicationDrift, applicationDriftView, applicationEvents, applicationHistory, applicationView, cancelDeployment, checkApplication, deleteApplication, deployApplication, exposePort, portForwards, releasesView, restartApplication, retryDeployment, revertApplication,
  rollbackApplication, scaleApplication, setApplicationValues, setUpdatePolicy, startApplication, stopApplication, unexposePort, upgradeApplication,
} from './applications.js';
import { addCatalogEntry, catalogEntries, catalogEvents, catalogView, changeCatalogEntry, checkEntry, entryVersions, removeCatalogEntry, shippedEntries } from './catalog.js';
import { deploymentEvents, deploymentView, outputSignal } from './deployments.js';
import { applicationLogs, applicationLogSignal, applicationStatus, applicationValues, checkHost, followApplicationLogs, prerequisites, readAccess, setPassword, stopApplicationLogs } from './life.js';
import { applicationPlan, planApplication, planEvents, plansView } from './plans.js';

export const applicationsCommands = {
  addCatalogEntry, changeCatalogEntry, removeCatalogEntry,
  planApplication, deployApplication, upgradeApplication, setApplicationValues, rollbackApplication, exposePort, revertApplication, deleteApplication,
  restartApplication, stopApplication, startApplication, scaleApplication, unexposePort, cancelDeployment, retryDeployment, checkApplication, setUpdatePolicy, acceptApplicationDrift,
  followApplicationLogs, stopApplicationLogs, readAccess, setPassword,
} as const;
export const applicationsQueries = { health: healthQuery('applications'), shippedEntries, catalogEntries, checkEntry, entryVersions, applicationPlan, applicationHistory, portForwards, applicationStatus, applicationLogs, applicationValues, prerequisites, checkHost } as const;
export const applicationsEvents = { ...catalogEvents, ...planEvents, ...applicationEvents, ...deploymentEvents } as const;
export const applicationsViews = { catalog: catalogView, plans: plansView, applications: applicationView, releases: releasesView, deployments: deploymentView, drift: applicationDriftView } as const;
export const applicationsSignals = { output: outputSignal, log: applicationLogSignal } as const;
