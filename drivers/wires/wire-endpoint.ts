/** An address and a port of UDP or TCP. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where a stream wire's far end is found: a path of a UNIX socket, or a TCP endpoint. */
export type StreamAddress = Endpoint | { readonly path: string };

/** Whether this end waits for the far end, or goes to it. */
export type StreamRole = 'listen' | 'connect';
