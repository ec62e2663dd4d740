/** A name server for specs, on loopback, over UDP and TCP: it gives the answers that the spec decides, also none, late ones, broken ones, and ones that are too long for UDP. */
import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, streamDecode, streamEncode, TRUNCATED_RESPONSE, type Answer, type Packet, type RecordType } from 'dns-packet';

/** What is said to one question. `silent`: nothing. A response code: that, without records. */
export type DnsReply = readonly Answer[] | 'silent' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';

export interface TestDns {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  /** From now on; a question that nothing was said about gets an empty answer. */
  say(type: RecordType, name: string, reply: DnsReply): void;
  /** Every question, as `udp A www.example.com`. */
  readonly questions: readonly string[];
  stop(): Promise<void>;
}

const CODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 } as const;
const UDP_BYTES = 512;
/** A port that is free for UDP need not be so for TCP. */
const PORTS = 20;

const openBoth = async (): Promise<{ readonly udp: ReturnType<typeof createSocket>; readonly tcp: ReturnType<typeof createServer>; readonly port: number }> => {
  for (let tries = 1; ; tries++) {
    const udp = createSocket('udp4');
    await new Promise<void>((resolve, reject) => { udp.once('error', reject).bind(0, '127.0.0.1', resolve); });
    const { port } = udp.address();
    const tcp = createServer();
    try {
      await new Promise<void>((resolve, reject) => { tcp.once('error', reject).listen(port, '127.0.0.1', resolve); });
      return { udp, tcp, port: (tcp.address() as AddressInfo).port };
    } catch (error) {
      udp.close();
      if (tries >= PORTS) throw error;
    }
  }
};

export const startDnsServer = async (): Promise<TestDns> => {
  const replies = new Map<string, DnsReply>();
  const questions: string[] = [];
  const sockets = new Set<Socket>();
  const { udp, tcp, port } = await openBoth();

  const respond = (over: 'udp' | 'tcp', query: Packet): Packet | undefined => {
    const [question] = query.questions ?? [];
    if (!question) return undefined;
    const key = `${question.type} ${question.name.toLowerCase()}`;
    questions.push(`${over} ${key}`);
    const reply = replies.get(key) ?? [];
    if (reply === 'silent') return undefined;
    const code = typeof reply === 'string' ? CODES[reply] : 0;
    return { type: 'response', id: query.id ?? 0, flags: AUTHORITATIVE_ANSWER | code, questions: [question], answers: typeof reply === 'string' ? [] : [...reply] };
  };
  udp.on('message', (message, from) => {
    const response = respond('udp', decode(message));
    if (!response) return;
    const whole = encode(response);
    const sent = whole.length <= UDP_BYTES ? whole : encode({ ...response, flags: (response.flags ?? 0) | TRUNCATED_RESPONSE, answers: [] });
    udp.send(sent, from.port, from.address);
  });
  tcp.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy()));
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const length = 2 + waiting.readUInt16BE(0);
        const response = respond('tcp', streamDecode(waiting.subarray(0, length)));
        waiting = waiting.subarray(length);
        if (response) socket.write(streamEncode(response));
      }
    });
  });

  return {
    address: `127.0.0.1:${port}`, questions,
    say: (type, name, reply) => void replies.set(`${type} ${name.toLowerCase()}`, reply),
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([new Promise<void>(resolve => { udp.close(resolve); }), new Promise<void>(resolve => { tcp.close(() => resolve()); })]);
    },
  };
};
