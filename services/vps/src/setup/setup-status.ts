/** What `/opt/xanthus/status` says, as data and as a sentence. The file is written by `setup.sh`, but it comes from a machine: anything may be in it. */

/** In the order in which a run passes them; `CONFIGURING_TLS` only with a domain. */
export const SETUP_WORDS = ['INSTALLING', 'INSTALLING_K3S', 'WAITING_K3S', 'INSTALLING_HELM', 'WAITING_TRAEFIK', 'VERIFYING', 'CONFIGURING_TLS', 'READY'] as const;
export type SetupWord = (typeof SETUP_WORDS)[number];

/** The steps of the script, as `FAILED <step> <reason>` names them and as the process of creation lists them. */
export const SETUP_STEPS = ['prepare', 'k3s', 'helm', 'traefik', 'verify', 'tls', 'ready'] as const;
export type SetupStep = (typeof SETUP_STEPS)[number];

const STEP_OF: Readonly<Record<SetupWord, SetupStep>> = {
  INSTALLING: 'prepare', INSTALLING_K3S: 'k3s', WAITING_K3S: 'k3s', INSTALLING_HELM: 'helm', WAITING_TRAEFIK: 'traefik', VERIFYING: 'verify', CONFIGURING_TLS: 'tls', READY: 'ready',
};
export const stepOf = (word: SetupWord): SetupStep => STEP_OF[word];

/** `code`: closed list of `setup.sh`, see `FAILURES`; `UNEXPECTED` for anything else. `text`: what the script added, printable, at most 300 characters. */
export interface SetupFailure { readonly step: SetupStep; readonly code: SetupFailureCode; readonly text: string }

export type SetupStatus =
  /** There is no status yet: the machine has not come so far, or it was never set up by us. */
  | { readonly kind: 'none' }
  | { readonly kind: 'working'; readonly word: Exclude<SetupWord, 'READY'>; readonly step: SetupStep }
  | { readonly kind: 'ready'; readonly word: 'READY'; readonly step: 'ready' }
  | { readonly kind: 'failed'; readonly word: 'FAILED'; readonly step: SetupStep; readonly failure: SetupFailure }
  /** Something else is in the file. */
  | { readonly kind: 'unreadable'; readonly text: string };

const SENTENCES: Readonly<Record<SetupWord, string>> = {
  INSTALLING: 'The machine is being prepared: packages, time zone and checks.',
  INSTALLING_K3S: 'K3s is being downloaded and installed.',
  WAITING_K3S: 'K3s was installed; waiting until its node is ready (at most five minutes).',
  INSTALLING_HELM: 'Helm is being downloaded and installed.',
  WAITING_TRAEFIK: 'Waiting until Traefik, which receives the web traffic, is ready (at most five minutes).',
  VERIFYING: 'Everything is installed; node, system pods and Helm are being checked.',
  CONFIGURING_TLS: 'The certificate of the domain is being put into the cluster.',
  READY: 'The server is ready: K3s, Helm and Traefik run.',
};

/** What went wrong and what to do. `retry`: the same may succeed when it is tried again without a change. */
const FAILURES = {
  NOT_ROOT: { sentence: 'The set-up script needs root. Log in as root or as a user who may use sudo without a password.', retry: false },
  BAD_SETTINGS: { sentence: 'The settings beside the set-up script cannot be read. Run the set-up again from here, so that they are written anew.', retry: true },
  UNKNOWN_OS: { sentence: 'This operating system is not known to the set-up script. Use Ubuntu 22.04 or newer or Debian 12 or newer.', retry: false },
  ARCHITECTURE: { sentence: 'This processor is neither x86-64 nor 64-bit ARM. Use a server type with one of these.', retry: false },
  MEMORY: { sentence: 'The machine has too little memory for K3s. Use a server type with at least 1 GB.', retry: false },
  DISK_FULL: { sentence: 'The disk of the machine is full. Free at least 2 GB on it, or use a larger server type, and try again.', retry: true },
  APT_LOCKED: { sentence: 'Another program kept the package manager locked for too long, usually the automatic updates. Wait some minutes and try again.', retry: true },
  APT_FAILED: { sentence: 'The package manager could not install what is needed. See the log for its message, mend it and try again.', retry: true },
  NO_NETWORK: { sentence: 'The machine does not reach the Internet. Check its network, firewall and name servers, and try again.', retry: true },
  CLOCK_SKEW: { sentence: 'The clock of the machine is wrong and could not be set, so that no certificate is valid there. Switch on time synchronisation and try again.', retry: true },
  DOWNLOAD: { sentence: 'A download failed. Try again; if it fails again, check whether a firewall or proxy stands between.', retry: true },
  CHECKSUM: { sentence: 'What was downloaded is not what its checksum says, so it was not run. Try again; if it stays so, something between changes downloads.', retry: true },
  K3S_INSTALL: { sentence: 'The installer of K3s failed. See the log for its message, mend it and try again.', retry: true },
  K3S_NOT_ACTIVE: { sentence: 'K3s was installed but does not start. See the log and the journal of k3s, mend it and try again.', retry: true },
  NODE_NOT_READY: { sentence: 'K3s runs but its node did not become ready in time. Try again; a slow machine may need longer, a small one more memory.', retry: true },
  HELM_INSTALL: { sentence: 'Helm could not be installed. See the log for the message, mend it and try again.', retry: true },
  TRAEFIK_NOT_READY: { sentence: 'Traefik did not become ready in time. Try again; if it stays so, see the pods of kube-system.', retry: true },
  VERIFY: { sentence: 'The last check found something that does not work. See the log for what, and try again.', retry: true },
  TLS: { sentence: 'The certificate of the domain could not be put into the cluster. Check that certificate and key belong together, and try again.', retry: true },
  CANCELLED: { sentence: 'The set-up was cancelled. It can be started again; what was done already is not done twice.', retry: true },
  INTERRUPTED: { sentence: 'The set-up script ended without a word, as after a restart of the machine. Start it again; what was done already is not done twice.', retry: true },
  UNEXPECTED: { sentence: 'A command of the set-up script failed. See the log for which, and try again.', retry: true },
} as const satisfies Record<string, { sentence: string; retry: boolean }>;
export type SetupFailureCode = keyof typeof FAILURES;
const isCode = (word: string): word is SetupFailureCode => Object.hasOwn(FAILURES, word);

/** May the same be tried again without a change of the machine's type or account? */
export const isRetryable = (code: SetupFailureCode): boolean => FAILURES[code].retry;

/** Printable, on one line, at most `max` characters: bytes that are no text become spaces. */
const plain = (text: string, max: number): string => text.slice(0, 4_096).replaceAll(/[\p{C}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ').trim().slice(0, max);

/** Reads what the file holds. Never throws: bytes (UTF-8 or not), an empty file and text of others are states too. */
export const parseSetupStatus = (content: string | Uint8Array | undefined): SetupStatus => {
  const text = typeof content === 'string' ? content : Buffer.from(content ?? []).subarray(0, 4_096).toString('utf8');
  const line = plain(text.slice(0, 4_096).split(/[\r\n]/).find(l => l.trim() !== '') ?? '', 600);
  if (line === '') return { kind: 'none' };
  const [word = '', step = '', code = '', ...rest] = line.split(' ');
  if (word === 'FAILED') return failed(step, code, rest.join(' '));
  if (line === 'READY') return { kind: 'ready', word: 'READY', step: 'ready' };
  const known = SETUP_WORDS.find(w => w === line);
  return known && known !== 'READY' ? { kind: 'working', word: known, step: STEP_OF[known] } : { kind: 'unreadable', text: line.slice(0, 120) };
};

const failed = (stepWord: string, codeWord: string, rest: string): SetupStatus => {
  const step = SETUP_STEPS.find(s => s === stepWord) ?? 'prepare';
  const failure: SetupFailure = isCode(codeWord)
    ? { step, code: codeWord, text: rest.slice(0, 300) }
    : { step, code: 'UNEXPECTED', text: [codeWord, rest].join(' ').trim().slice(0, 300) };
  return { kind: 'failed', word: 'FAILED', step, failure };
};

/** One sentence for a person; of a failure what to do next, with what the script added. */
export const setupSentence = (status: SetupStatus): string => {
  switch (status.kind) {
    case 'none': return 'The set-up has not begun on this machine, or the machine is still starting.';
    case 'working': case 'ready': return SENTENCES[status.word];
    case 'failed': return failureSentence(status.failure);
    case 'unreadable': return `The machine says "${status.text}" about its set-up, which is none of our words. Start the set-up again.`;
  }
};

export const failureSentence = (failure: SetupFailure): string =>
  failure.text === '' ? FAILURES[failure.code].sentence : `${FAILURES[failure.code].sentence} (${failure.text})`;
