import { parseTtyFrame, TTY_KIND, ttyControl } from '@xanthus/proto';

/** Frames of before version 1, JSON: `terminal_input`, `resize`, `ping` in; `terminal_output`, `pong`, `error` out. Bytes become text, whole characters only. */
export const olderTerminal = (): { read(data: Buffer): Buffer | undefined; write(frame: Uint8Array): { readonly text?: string | undefined; readonly bytes: number; /** The session has ended, for which they know no frame. */ readonly over?: true } } => {
  const decoder = new TextDecoder();
  return {
    read: (data) => {
      const frame = objectOf(data);
      if (frame?.['type'] === 'terminal_input' && typeof frame['data'] === 'string') return Buffer.concat([Buffer.from([TTY_KIND.INPUT]), Buffer.from(frame['data'])]);
      if (frame?.['type'] === 'resize') return Buffer.from(ttyControl({ op: 'resize', cols: frame['cols'], rows: frame['rows'] }));
      return frame?.['type'] === 'ping' ? Buffer.from(ttyControl({ op: 'ping' })) : undefined;
    },
    write: (raw) => {
      const frame = parseTtyFrame(raw);
      if (frame === undefined) return { bytes: 0 };
      if (frame.kind !== 'control') return { text: JSON.stringify({ type: 'terminal_output', data: decoder.decode(frame.bytes, { stream: true }) }), bytes: frame.bytes.length };
      const { op, code, message } = frame.control;
      if (op === 'exit') return { bytes: 0, over: true, ...(message === '' || message === undefined ? {} : { text: JSON.stringify({ type: 'error', code: frame.control['problem'] ?? 'SESSION.ENDED', message }) }) };
      return { text: op === 'pong' ? '{"type":"pong"}' : op === 'error' ? JSON.stringify({ type: 'error', code, message }) : undefined, bytes: 0 };
    },
  };
};

const objectOf = (data: Buffer): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
};
