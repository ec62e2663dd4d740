export {
  access, ALPHABETS, catalogEntry, CATEGORIES, chartBindings, ENTRY_LIMIT, entryId, entryPort, entrySecret, entryVariable, entryVolume, healthChecks, helmChart, ownPlaceholder, PLACEHOLDERS, updatePolicy, VERSION_SOURCES, versionSource, WEEKDAYS,
  type BuiltInPlaceholder, type CatalogEntry, type EntryAccess, type EntryPort, type EntryProbe, type EntrySecret, type EntryVariable, type EntryVolume, type HelmChart, type OwnPlaceholder, type UpdatePolicy, type VersionSource,
} from './catalog-entry.js';
export {
  addCatalogEntry, CATALOG_ERRORS, catalogEvents, catalogView, changeCatalogEntry, checkEntry, entryProblem, entryVersion, entryVersions, removeCatalogEntry, shippedEntries, type EntryProblem, type EntryVersion, type VersionsAnswer,
} from './catalog.js';
