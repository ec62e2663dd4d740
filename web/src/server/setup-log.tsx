import type { ReactNode } from 'react';
import { LogView } from '../logs/log-view.js';
import { useGrowingLog } from '../logs/use-growing-log.js';
import { t } from '../texts/text.js';

/** The last lines of the set-up, as the machine tells them. */
export const SetUpLog = ({ lines, name, underway }: { readonly lines: readonly string[]; readonly name: string; readonly underway: boolean }): ReactNode => {
  const source = useGrowingLog(lines, underway);
  return <LogView source={source} name={`${name}-set-up`} label={t('Log of the set-up')} testId="setup-log" empty={t('The machine has told nothing yet.')} />;
};
