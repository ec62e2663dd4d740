/** The Service and Ingress of a port, where the whole work is about them. */
import { applyExposures, exposuresBefore, removeExposures, wantedExposures, without } from './exposures.js';
import type { Step } from './step.js';

export const exposed: Step = {
  make: async context => applyExposures(context, without(await wantedExposures(context), exposuresBefore(context))),
  back: async context => removeExposures(context, without(await wantedExposures(context), exposuresBefore(context)), exposuresBefore(context)),
};
export const unexposed: Step = {
  async make(context) {
    const stay = await wantedExposures(context);
    return removeExposures(context, without(exposuresBefore(context), stay), stay);
  },
};
