import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { Inject, Module } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection } from '@nestjs/websockets';
import type { WebSocket } from 'ws';

/** Takes over a socket; from here on it is plain code. */
export type Accept = (ws: WebSocket, request: IncomingMessage) => void;
const ACCEPT = Symbol('accept');

@WebSocketGateway({ path: '/ws' })
class SocketGateway implements OnGatewayConnection<WebSocket> {
  constructor(@Inject(ACCEPT) private readonly accept: Accept) {}

  handleConnection(ws: WebSocket, request: IncomingMessage): void {
    this.accept(ws, request);
  }
}

@Module({})
export class GatewayModule {
  static with(accept: Accept): DynamicModule {
    return { module: GatewayModule, providers: [{ provide: ACCEPT, useValue: accept }, SocketGateway] };
  }
}
