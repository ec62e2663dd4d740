/** Words that addresses of pages have, apart from what draws them: they are loaded with the first page. Pure. */
import type { RecordType } from '../contracts.js';

/** As in proto; a list of words is not worth a schema library. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'CAA', 'NS'] as const satisfies readonly RecordType[];
export const PROXIABLE: ReadonlySet<string> = new Set<RecordType>(['A', 'AAAA', 'CNAME']);
/** `unsaved`: what is about to be changed. */
export const OWNERS = ['ours', 'others', 'unsaved'] as const;
export type Owner = (typeof OWNERS)[number];
