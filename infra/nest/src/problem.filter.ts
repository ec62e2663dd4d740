import { Catch, type ArgumentsHost, type RpcExceptionFilter } from '@nestjs/common';
import type { Problem } from '@xanthus/proto';
import { throwError, type Observable } from 'rxjs';
import type { Call } from './call.js';
import type { Logger } from './logger.js';
import { toProblem } from './problem.js';

/** Marks what the filter already turned into a problem, so that the transport passes it on as it is. */
export class ProblemThrown {
  constructor(readonly problem: Problem) {}
}

/** The one filter of all doors: Nest's own turns every error into "Internal server error". */
@Catch()
export class ProblemFilter implements RpcExceptionFilter {
  private readonly log: Logger;
  constructor(log: Logger) {
    this.log = log;
  }
  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const call = host.switchToRpc().getContext<Call>();
    return throwError(() => new ProblemThrown(toProblem(error, call.correlation_id, this.log)));
  }
}
