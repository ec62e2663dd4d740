/** What the service says of providers in English, in the person's language. What is not known here stays as it came. Pure. */
import type { ProviderKind } from '../contracts.js';
import { t } from '../texts/text.js';

const SAID: Readonly<Record<string, string>> = {
  'Machines to play with, made on this machine in seconds. They cost nothing, and end with Xanthus.': t('Machines to play with, made on this machine in seconds. They cost nothing, and end with Xanthus.'),
  'Arm machines (A1.Flex) in the region of the key; up to 4 cores and 24 GB are free for each account.': t('Arm machines (A1.Flex) in the region of the key; up to 4 cores and 24 GB are free for each account.'),
  'In the console of Oracle open My profile → API keys → Add API key. Put tenancy, user, region, fingerprint and private_key (PEM) of it into one JSON object, as it is or in base64.': t('In the console of Oracle open My profile → API keys → Add API key. Put tenancy, user, region, fingerprint and private_key (PEM) of it into one JSON object, as it is or in base64.'),
  'Machines in Germany, Finland, the USA and Singapore, paid by the hour.': t('Machines in Germany, Finland, the USA and Singapore, paid by the hour.'),
  'In the console of Hetzner open the project, then Security → API tokens → Generate, with Read & Write. The token is shown once; what is made with it belongs to that project.': t('In the console of Hetzner open the project, then Security → API tokens → Generate, with Read & Write. The token is shown once; what is made with it belongs to that project.'),
  'Token (base64 of JSON)': t('Token (base64 of JSON)'),
  'API token': t('API token'),
};
const said = (text: string): string => SAID[text] ?? text;

export const inWords = (kind: ProviderKind): ProviderKind => ({ ...kind, summary: said(kind.summary), key: kind.key && { ...kind.key, label: said(kind.key.label), help: said(kind.key.help) } });
