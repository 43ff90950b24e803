import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";

/** Where a checked connection goes. */
export interface Target {
  /** An IP address that was checked: nothing is looked up again. */
  readonly address: string;
  readonly port: number;
  /** The name that the server's certificate must hold. */
  readonly hostname: string;
}

/**
 * Connects by TLS. It stands once the certificate proved to be the host's; before that nothing is sent but the greeting.
 * @param ca certificates to trust instead of the system's.
 */
export const secureConnection =
  (ca?: string) =>
  async ({ address, port, hostname }: Target, signal: AbortSignal): Promise<Duplex> => {
    const trust = ca === undefined ? {} : { ca };
    const socket = connect({ host: address, port, servername: hostname, ALPNProtocols: ["http/1.1"], ...trust });
    try {
      await once(socket, "secureConnect", { signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return socket;
  };
