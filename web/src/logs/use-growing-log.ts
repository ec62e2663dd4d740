import { useEffect, useState } from 'react';
import { GrowingLog } from './growing-log.js';
import type { LogSource } from './log-source.js';

/** For lines that come with a view. */
export const useGrowingLog = (lines: readonly string[], underway: boolean): LogSource => {
  const [log] = useState(() => new GrowingLog());
  useEffect(() => log.take(lines, underway), [log, lines, underway]);
  return log;
};
