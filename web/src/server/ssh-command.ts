import type { Server } from '../contracts.js';
import { t } from '../texts/text.js';

/** What to type at home to reach it. */
export const sshCommand = ({ port, user, host }: Pick<Server, 'port' | 'user' | 'host'>): string => t('ssh {value}{user}@{host}', { value: port === 22 ? '' : `-p ${port} `, user, host });
