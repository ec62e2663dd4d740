/** What makes a password weak. Length is what protects; the rest refuses what attackers try first. */

export const MIN_PASSWORD_LENGTH = 12;

/** Parts that make up most of the leaked passwords of twelve characters and more. */
const COMMON = ['password', 'passwort', 'qwertyuiop', 'qwerty', 'azerty', 'letmein', 'iloveyou', 'welcome', 'administrator', 'admin', 'changeme', 'default', 'secret', 'monkey', 'dragon', 'football', 'baseball', 'sunshine', 'princess', 'superman', 'master', 'login', 'abc', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r5t6y', '1q2w3e4r', '1qaz2wsx', 'trustno1'];
const SEQUENCES = ['abcdefghijklmnopqrstuvwxyz', '01234567890123456789', 'qwertyuiopasdfghjklzxcvbnm'];

const reversed = (text: string): string => [...text].reverse().join('');

/** What is left when everything guessable is taken away, each piece counted as one character. */
const essence = (password: string, guessable: readonly string[]): string => {
  let rest = password.toLowerCase().normalize('NFKC');
  for (const word of guessable) if (word.length >= 3) rest = rest.replaceAll(word, '·');
  for (const row of [...SEQUENCES, ...SEQUENCES.map(reversed)])
    for (let length = Math.min(row.length, rest.length); length >= 4; length--)
      for (let i = 0; i + length <= row.length; i++) rest = rest.replaceAll(row.slice(i, i + length), '·');
  return rest.replaceAll(/(.)\1{2,}/gu, '·').replaceAll(/(..+?)\1+/gu, '$1');
};

/** Why this password is too weak, as a sentence; undefined if it is not. `context`: e-mail, name, tenant. */
export const passwordWeakness = (password: string, context: readonly string[] = []): string | undefined => {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) return `The password has ${length} characters; at least ${MIN_PASSWORD_LENGTH} are needed.`;
  if (new Set(password).size < 5) return 'The password repeats a few characters; use several unrelated words.';
  const words = [...context, 'xanthus'].flatMap(c => [c, ...c.split(/[^\p{L}\p{N}]+/u)]).map(c => c.toLowerCase()).filter(c => c.length >= 3).sort((a, b) => b.length - a.length);
  if ([...essence(password, COMMON)].length < 6) return 'The password is one of those that are tried first; use several unrelated words.';
  if ([...essence(password, [...words, ...COMMON])].length < 6) return 'The password is made of your name, address or tenant; use several unrelated words.';
  return undefined;
};
