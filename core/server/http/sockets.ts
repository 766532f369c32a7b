import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { appRouter } from '../router.ts';
import type { Workbench } from '../workbench.ts';
import type { Access } from './access.ts';

/** The longest message in bytes; images and models come by HTTP. */
const longestMessage = 4 * 2 ** 20;

/** A person has a few windows. */
const mostSockets = 100;

/** Typed calls and events over WebSocket at `/rpc`. */
export function serveSockets(server: Server, access: Access, workbench: Workbench): { close: () => void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
  });
  const handler = applyWSSHandler({
    wss: sockets,
    router: appRouter,
    createContext: () => ({ workbench }),
    // A socket that does not answer is gone; its page comes back and goes on after the last event it saw.
    keepAlive: { enabled: true, pingMs: 30_000, pongWaitMs: 10_000 },
    onError: () => undefined,
  });
  sockets.on('connection', (socket) => socket.on('error', () => undefined));
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => undefined);
    const status = refusalOf(request, access, sockets.clients.size);
    if (status !== undefined) {
      refuseUpgrade(stream, status);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit('connection', socket, request));
  });
  return {
    close() {
      handler.broadcastReconnectNotification();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}

function refusalOf(request: IncomingMessage, access: Access, open: number): number | undefined {
  const denial = access.checkHost(request) ?? access.checkOrigin(request) ?? access.checkCookie(request);
  if (denial !== undefined) return denial.status;
  if (request.url?.split('?')[0] !== '/rpc') return 404;
  return open >= mostSockets ? 503 : undefined;
}

function refuseUpgrade(stream: Duplex, status: number): void {
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
