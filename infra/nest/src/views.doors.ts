import type { Type } from '@nestjs/common';

/**
 * The doors of a service's views: list the result under `controllers`. Answers `qry.<tenant>.<service>.view.<view>.<id>` with the value
 * (`{schema, seq, time, data}`) and `….all` with `{items: [{id, …value}], next_cursor?, as_of: {stream, seq}}`; input `{limit?, cursor?, wait_for?}`.
 */
export const serveViews = (_service: string): Type => {
  throw new Error('being written');
};
