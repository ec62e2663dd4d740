/** Everything that applications asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import type { Application, ApplicationDrift, ApplicationRelease, Deployment } from '../contracts.js';
import { asking, onNew, onThing } from '../lib/act.js';
import { useClient, useRows, type Rows } from '../live/live-context.js';
import { useSignal } from '../live/use-signal.js';

export const useApplications = (): Rows<Application> => useRows<Application>('applications', useClient().tenant, 'applications');

export const useDeployments = (id: string): Rows<Deployment> => useRows<Deployment>('applications', useClient().tenant, 'deployments', `${id}.*`);
export const useOwnEntries = (): Rows<{ readonly yaml: string }> => useRows<{ readonly yaml: string }>('applications', useClient().tenant, 'catalog');
export const useReleases = (id: string): Rows<ApplicationRelease> => useRows<ApplicationRelease>('applications', useClient().tenant, 'releases', `${id}.*`);
export const useApplicationDrift = (): Rows<ApplicationDrift> => useRows<ApplicationDrift>('applications', useClient().tenant, 'drift');

/** What Helm says while a deployment of this application runs. */
export const useOutput = (id: string, onSignal: (payload: unknown) => void): void => void useSignal(`sig.${useClient().tenant}.applications.application.${id}.output`, onSignal);

export const readAccess = onThing(contracts.readAccess);
export const setPassword = onThing(contracts.setPassword);
export const deleteApplication = onThing(contracts.deleteApplication);
export const restartApplication = onThing(contracts.restartApplication);
export const revertApplication = onThing(contracts.revertApplication);
export const startApplication = onThing(contracts.startApplication);
export const stopApplication = onThing(contracts.stopApplication);
export const upgradeApplication = onThing(contracts.upgradeApplication);
export const planApplication = onNew(contracts.planApplication);
export const addCatalogEntry = onThing(contracts.addCatalogEntry);
export const catalogEntries = asking(contracts.catalogEntries);
export const checkHost = asking(contracts.checkHost);
export const entryVersions = asking(contracts.entryVersions);
export const prerequisites = asking(contracts.prerequisites);
export const retryDeployment = onThing(contracts.retryDeployment);
export const changeCatalogEntry = onThing(contracts.changeCatalogEntry);
export const checkEntry = asking(contracts.checkEntry);
export const removeCatalogEntry = onThing(contracts.removeCatalogEntry);
export const rollbackApplication = onThing(contracts.rollbackApplication);
export const acceptApplicationDrift = onThing(contracts.acceptApplicationDrift);
export const scaleApplication = onThing(contracts.scaleApplication);
export const setUpdatePolicy = onThing(contracts.setUpdatePolicy);
export const exposePort = onThing(contracts.exposePort);
export const portForwards = asking(contracts.portForwards);
export const unexposePort = onThing(contracts.unexposePort);
export const deployApplication = onNew(contracts.deployApplication);
export const setApplicationValues = onThing(contracts.setApplicationValues);
export const applicationStatus = asking(contracts.applicationStatus);
export const applicationValues = asking(contracts.applicationValues);
