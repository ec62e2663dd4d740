import type { Server } from '../contracts.js';
/** What to type at home to reach it. */
export const sshCommand = ({ port, user, host }: Pick<Server, 'port' | 'user' | 'host'>): string => `ssh ${port === 22 ? '' : `-p ${port} `}${user}@${host}`;
