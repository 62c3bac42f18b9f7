/**
 * Destination ports from 32768 on: `const ports = keyProto == PROTO_ICMP ? 0 : keyPorts` in
 * firmware/kernel/first-match.ts is i32 (the type of the literal 0), so `ports >> 16` is an
 * arithmetic shift and the index into the table of destination ports is negative.
 * To go to tests/firmware/kernel/ or so: paths are relative to tests/captures/.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sluice } from '../scripts/sluice.ts';
import { withFolder } from './replay.ts';

const ROUTER = `
interfaces:
  a0: { port: eth0, zone: a, address: 10.0.0.1/24 }
  b0: { port: eth1, zone: b, address: 10.0.1.1/24 }
flows:
  - { name: to-port, from: a, to: b, match: udp dst port PORT }
tests:
  - { packet: "udp 10.0.0.2:4000 > 10.0.1.2:PORT", expect: to-port }
  - { packet: "udp 10.0.0.2:PORT > 10.0.1.2:4", expect: denied }
`;

it.each([1, 32_767, 32_768, 44_818, 47_808, 65_535])(
  'a flow to destination port %i admits its packets',
  async (port) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'router.yaml');
      const board = 'board: board.yaml\n';
      writeFileSync(join(folder, 'board.yaml'), 'name: two\nports: { eth0: {}, eth1: {} }\n');
      writeFileSync(file, board + ROUTER.replaceAll('PORT', String(port)));
      const { code, stdout, stderr } = await sluice('test', file);
      expect(code, stdout + stderr).toBe(0);
    });
  },
);
