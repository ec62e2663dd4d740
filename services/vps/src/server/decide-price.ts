/** What a server costs, as its provider says it. */
import type { ServerPrice } from '@xanthus/proto/vps';
import { isLive, type ServerEvent, type ServerState } from './server.js';

/** `at`: from when the price counts; never before the one that it follows. */
export type PriceCommand = { readonly type: 'ObservePrice'; readonly data: ServerPrice & { readonly at: string } };

/** All that is told of a price, however its numbers are written down. */
export const priceText = ({ type, location, currency, vat_percent, hourly, monthly, ipv4, snapshot_gb_month }: ServerPrice): string =>
  JSON.stringify([type, location, currency, vat_percent, ...[hourly, monthly, ipv4?.hourly, ipv4?.monthly, snapshot_gb_month].map(p => (p ? [p.net, p.gross] : null))]);

export const decidePrice = (state: ServerState, { data }: PriceCommand): readonly ServerEvent[] => {
  if (!isLive(state)) return [];
  const { price } = state.machine;
  if (price && priceText(price) === priceText(data)) return [];
  return [{ type: 'ServerPriced', data: { ...data, at: price && price.at > data.at ? price.at : data.at } }];
};
