import { type Connection, SOURCE_PORT_MIN, SOURCE_PORTS } from './workload.ts';

/** Further source ports at a time: no divisor of how many there are. */
const STEP = 4099;

/** The same connection from another source port: so many steps further, and round. */
export function onOtherPort(connection: Connection, steps: number): Connection {
  const port = (connection.sport - SOURCE_PORT_MIN + steps * STEP) % SOURCE_PORTS;
  return { ...connection, sport: SOURCE_PORT_MIN + port };
}
