import { CatalogDoors } from '../endpoints/catalog.doors.js';
import type { Part } from './part.js';

/** What can be deployed, and in which versions. */
export const composeCatalog = (): Part => ({ controllers: [CatalogDoors] });
