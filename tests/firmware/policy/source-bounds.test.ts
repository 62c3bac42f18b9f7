/** The source check at the bounds of many routes: whatever helps the kernel to search them. */
import { expect, it } from 'vitest';
import { formatIpv4 } from '../../../netstack/address.ts';
import { boot } from '../board-under-test.ts';
import { routerYaml } from '../configuration.ts';
import { Random } from '../random.ts';

interface Route {
  readonly first: number;
  readonly length: number;
  readonly port: 'eth1' | 'eth2';
}

const GATEWAYS = { eth1: '10.1.0.254', eth2: '203.0.113.1' };
const ROUTES = 100;
/** From 20.0.0.0 to 51.255.255.255: nothing else is there. */
const LOWEST = 20 * 2 ** 24;

const sizeOf = ({ length }: Route) => 2 ** (32 - length);

function randomRoutes(random: Random): Route[] {
  const routes = new Map<string, Route>();
  while (routes.size < ROUTES) {
    const length = 8 + random.below(25);
    const size = 2 ** (32 - length);
    const first = LOWEST + Math.floor(random.below(2 ** 29) / size) * size;
    const port = random.oneIn(2) ? 'eth1' : 'eth2';
    routes.set(`${first}/${length}`, { first, length, port });
  }
  return [...routes.values()];
}

/** The port of the longest prefix that covers the address (RFC 1812 5.2.4.3), null: none does. */
function portOf(routes: readonly Route[], address: number): string | null {
  const covering = routes.filter((route) => {
    return address >= route.first && address < route.first + sizeOf(route);
  });
  return covering.sort((a, b) => b.length - a.length)[0]?.port ?? null;
}

it('a source belongs to the port of the longest route that covers it, to the address', async () => {
  const routes = randomRoutes(new Random(0x13b17));
  const lines = routes.map(({ first, length, port }) => {
    return `  - { to: ${formatIpv4(first)}/${length}, via: ${GATEWAYS[port]} }`;
  });
  const board = await boot(routerYaml(`flows: []\nroutes:\n${lines.join('\n')}`));
  const bounds = routes.flatMap((route) => {
    const last = route.first + sizeOf(route) - 1;
    return [route.first - 1, route.first, last, last + 1];
  });
  for (const [at, address] of bounds.entries()) {
    const port = at % 2 === 0 ? 'eth1' : 'eth2';
    const text = `udp ${formatIpv4(address)}:1000 > 10.2.0.7:2000`;
    const reason = portOf(routes, address) === port ? 'denied' : 'spoofed';
    expect(board.send(text, { in: port }).delta, text).toMatchObject({ [`drops.${reason}`]: 1 });
  }
});
