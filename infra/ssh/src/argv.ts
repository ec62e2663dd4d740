/** A word that no POSIX shell reads as anything but itself. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;

const check = (argument: string): string => {
  if (argument.includes('\0')) throw new TypeError('an argument cannot contain NUL');
  // An unpaired surrogate has no UTF-8 form: it would arrive as another character.
  if (/\p{Surrogate}/u.test(argument)) throw new TypeError('an argument must be well-formed Unicode');
  return argument;
};

const quote = (argument: string): string => `'${check(argument).replaceAll('\'', '\'\\\'\'')}'`;

/**
 * The one place where a remote command becomes a string: SSH has no argv, the other side's POSIX shell splits it again, byte for byte.
 * @throws TypeError on an empty program, NUL or an unpaired surrogate.
 */
export const quoteArgv = (argv: readonly string[]): string => {
  const [program, ...rest] = argv;
  if (!program) throw new TypeError('a command needs a program');
  // Always quoted: bare, it could be a keyword, an alias or (with `=`) an assignment.
  return [quote(program), ...rest.map(a => (PLAIN.test(a) ? a : quote(a)))].join(' ');
};
