import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useClient } from '../live/live-context.js';
import { t } from '../texts/text.js';
import { nameFault } from './names.js';
import { validateName } from './wizard.data.js';

/** How long somebody must not type before the service is asked, ms. */
const PAUSE = 300;

const useSettled = (value: string): string => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
};

export interface NameCheck { readonly state: 'empty' | 'bad' | 'checking' | 'free' | 'unknown'; readonly message?: string; readonly suggestion?: string }

/** Can a server be called that? Its form at once, whether it is free after a pause. `unknown`: nobody could be asked; the command decides. */
export const useNameCheck = (name: string): NameCheck => {
  const client = useClient();
  const settled = useSettled(name);
  const fault = name ? nameFault(name) : undefined;
  // Free a moment ago is not free now: an answer is not kept.
  const asked = useQuery({ queryKey: ['validate-name', client.tenant, settled], queryFn: () => validateName(client, { name: settled }), enabled: settled !== '' && settled === name && !fault, gcTime: 0, staleTime: 0 });
  if (!name) return { state: 'empty' };
  if (fault) return { state: 'bad', message: fault };
  if (settled !== name || asked.isFetching) return { state: 'checking' };
  if (!asked.data) return { state: 'unknown' };
  const { valid, message, suggestion } = asked.data;
  return valid ? { state: 'free' } : { state: 'bad', message: message ?? t('This name can’t be used.'), ...(suggestion ? { suggestion } : {}) };
};
