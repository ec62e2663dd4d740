export { connect } from './client.js';
export { XanthusError } from './error.js';
export { until, value, type Observable, type Value } from './observable.js';
export type {
  AskOptions, BucketOptions, BucketState, BucketView, Client, CommandOptions, ConnectionStatus, ConnectOptions, DurableSubscription, Logger, Signal, SocketConstructor, SocketLike, StreamGap, StreamItem, StreamOptions,
  StreamReset, StreamSubscription, SubjectOptions, Subscription,
} from './types.js';
