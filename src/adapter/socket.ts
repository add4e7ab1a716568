import { createServer, type Server } from 'node:net';
import { AnnotationStores } from '../session/annotations/annotationStores.js';
import type { CoreSession } from '../session/coreSession.js';
import { RedzoneDebugSession } from './redzoneDebugSession.js';

/** A debug adapter that clients connect to. */
export interface AdapterServer {
  /** The port that is listened on: the one asked for, or the one given for 0. */
  readonly port: number;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Serves the Debug Adapter Protocol on a socket, one debug session per connection. Listens on the loopback interface only: whoever
 * can connect can read any core that this process can.
 */
export function serveOnSocket(session: CoreSession, port: number): Promise<AdapterServer> {
  // One for all connections: what one writes the others show.
  const notes = new AnnotationStores();
  const adapters = new Set<RedzoneDebugSession>();
  const server = createServer((socket) => {
    const adapter = new RedzoneDebugSession(session, {}, notes);
    adapters.add(adapter);
    adapter.start(socket, socket);
    void adapter.ended.then(() => {
      adapters.delete(adapter);
      socket.end();
    });
  });
  const close = async (): Promise<void> => {
    const stopped = new Promise((resolve) => server.close(resolve));
    for (const adapter of adapters) adapter.shutdown();
    await stopped;
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ port: portOf(server), close });
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
