import type { NatsConnection } from '@nats-io/transport-node';
import { Refusal } from '@xanthus/kernel';
import type { DataOf, ViewContract } from '@xanthus/proto';
import { ask, type AskOptions } from './ask.js';
import type { IdentitySigner } from './identity-signer.js';
import { viewListContract, viewOneContract } from './views.doors.js';

export interface AskViewOptions extends Pick<AskOptions<ReturnType<typeof viewOneContract>>, 'tenant' | 'act' | 'correlation_id' | 'traceparent' | 'timeout'> { /** Sequence in the other's stream that the view shall have reached. */ readonly wait_for?: number }

const MOST = 1_000;

/** One value of another service's view, as itself; undefined: there is none. Needs `qry.*.<service>.view.<view>.*` in `SERVICE_RIGHTS`. @throws what `ask` throws */
export const askView = async <V extends ViewContract>(nc: NatsConnection, signer: IdentitySigner, view: V, { wait_for, ...options }: AskViewOptions & { readonly id: string }): Promise<DataOf<V> | undefined> => {
  try {
    const { data } = await ask(nc, signer, viewOneContract(view), { ...options, input: wait_for === undefined ? {} : { wait_for } });
    return view.data.parse(data) as DataOf<V>;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
};

/** All values of another service's view, page by page. */
export const askViews = async <V extends ViewContract>(nc: NatsConnection, signer: IdentitySigner, view: V, { wait_for, ...options }: AskViewOptions): Promise<{ readonly id: string; readonly data: DataOf<V> }[]> => {
  const rows: { id: string; data: DataOf<V> }[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ask(nc, signer, viewListContract(view), { ...options, input: { limit: MOST, ...(wait_for === undefined ? {} : { wait_for }), ...(cursor === undefined ? {} : { cursor }) } });
    rows.push(...page.items.map(({ id, data }) => ({ id, data: view.data.parse(data) as DataOf<V> })));
    cursor = page.next_cursor;
    if (cursor === undefined) return rows;
  }
};
