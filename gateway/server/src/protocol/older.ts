/** What clients of before version 1 send, as today's frames. */

/** `{type: "subscribe" | "unsubscribe", topic}` as the frame that it means; undefined: it is none of these. */
export const translateOlder = (value: Record<string, unknown>): { readonly op: 'sub' | 'unsub'; readonly target: unknown } | undefined => {
  if (value['op'] !== undefined) return undefined;
  const op = value['type'] === 'subscribe' ? 'sub' : value['type'] === 'unsubscribe' ? 'unsub' : undefined;
  return op === undefined ? undefined : { op, target: value['topic'] };
};
