/** Everything that wizard asks of Xanthus and has done there. */
import * as contracts from '../contracts.js';
import { asking, onNew } from '../lib/act.js';

export const cloudInitPreview = asking(contracts.cloudInitPreview);
export const validateName = asking(contracts.validateName);
export const createServer = onNew(contracts.createServer);
