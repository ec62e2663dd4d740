/** Every way to log in, by its method. Each method is a file of its own beside this one. */
import { Refusal, type CommandContext } from '@xanthus/kernel';
import type { ParsedInputOf } from '@xanthus/proto';
import type { openSession, SessionTokens } from '@xanthus/proto/auth';

type Input = ParsedInputOf<typeof openSession>;
export type LogInMethods = { readonly [M in Input['method']]: (context: CommandContext, input: Extract<Input, { method: M }>) => Promise<SessionTokens> };

export class LogIns {
  constructor(private readonly methods: Partial<LogInMethods>) {}

  /** `context.id` will be the session's. @throws Refusal LOGIN.… and what the method refuses with */
  async logIn(context: CommandContext, input: Input): Promise<SessionTokens> {
    const method = this.methods[input.method] as ((context: CommandContext, input: Input) => Promise<SessionTokens>) | undefined;
    if (method === undefined) throw new Refusal('INVALID', `This installation has no log-in by ${input.method}.`);
    return method(context, input);
  }
}
