export {
  access, ALPHABETS, catalogEntry, CATEGORIES, chartBindings, ENTRY_LIMIT, entryId, entryPort, entrySecret, entryVariable, entryVolume, healthChecks, helmChart, ownPlaceholder, PLACEHOLDERS, updatePolicy, VERSION_SOURCES, versionSource, WEEKDAYS,
  type BuiltInPlaceholder, type CatalogEntry, type EntryAccess, type EntryPort, type EntryProbe, type EntrySecret, type EntryVariable, type EntryVolume, type HelmChart, type OwnPlaceholder, type UpdatePolicy, type VersionSource,
} from './catalog-entry.js';
export {
  addCatalogEntry, CATALOG_ERRORS, catalogEntries, catalogEvents, catalogView, changeCatalogEntry, checkEntry, entryProblem, entryVersion, entryVersions, removeCatalogEntry, shippedEntries, type EntryProblem, type EntryVersion, type VersionsAnswer,
} from './catalog.js';
export {
  APPLICATION_ERRORS, applicationName, applicationPlan, CLUSTER_ERRORS, conflict, CONFLICT_KINDS, digest, EXAMPLE_APPLICATION, EXAMPLE_PLAN, EXAMPLE_SERVER, OBJECT_SORTS,
  PLAN_ERRORS, PLAN_KINDS, planApplication, planBasis, planDetail, planEvents, planned, plannedObject, plansView, planWish, subdomain, VALUES_LIMIT, warning, WARNING_KINDS,
  type PlanDetail, type PlanWish, type PlannedObject,
} from './plans.js';
export {
  acceptApplicationDrift, applicationCommand, applicationDriftView, applicationEvents, applicationHistory, applicationView, cancelDeployment, checkApplication, deleteApplication,
  deployApplication, deploymentStarted, EXAMPLE_DEPLOYMENT, exposePort, exposure, HEALTHS, madeObject, podCounts, portForwards, release, releasesView, restartApplication,
  retryDeployment, revertApplication, rollbackApplication, scaleApplication, setApplicationValues, setUpdatePolicy, startApplication, stopApplication,
  unexposePort, upgradeApplication, workWith, type MadeObject, type Release,
} from './applications.js';
export { ACTIONS, actionsOf, CANCELLABLE, STATUSES, statusDuring, WORK_KINDS, type ActionFacts, type ApplicationAction, type ApplicationStatus, type WorkKind } from './actions.js';
export {
  DEPLOYMENT_STATES, DEPLOYMENT_STEPS, deploymentEvents, deploymentStep, deploymentView, outputSignal, type DeploymentStep,
} from './deployments.js';
export {
  applicationLogs, applicationLogSignal, applicationStatus, applicationValues, checkHost, followApplicationLogs, pod, prerequisites, readAccess, setPassword,
  stopApplicationLogs,
} from './life.js';
export { applicationsCommands, applicationsEvents, applicationsQueries, applicationsSignals, applicationsViews } from './contracts.js';
