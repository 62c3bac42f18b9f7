/** A host's address goes over to another machine while the link stays (RFC 1122 2.3.2.1). */
import { expect, it } from 'vitest';
import { ARP_REPLY, buildArp } from '../../netstack/arp.ts';
import { readU48 } from '../../netstack/byte-order.ts';
import { describeFrame } from '../../netstack/describe.ts';
import { buildEthernet } from '../../netstack/ethernet.ts';
import { boot } from './board-under-test.ts';
import { routerYaml } from './configuration.ts';

const FLOWS = 'flows:\n  - { name: ask, from: office, to: plant, match: udp dst port 53 }\n';
const PACKET = 'udp 10.1.0.20:4000 > 10.2.0.7:53';
const ROUTER = 0x0a02_0001;
const HOST = 0x0a02_0007;
const OLD = 0x0200_0000_000a;
const NEW = 0x0200_0000_000b;
const BROADCAST = 0xffff_ffff_ffff;

/** `mac` says that the host's address is its own. */
function answerOf(mac: number): Uint8Array {
  const payload = buildArp({
    ...{ operation: ARP_REPLY, senderMac: mac, senderAddress: HOST },
    ...{ targetMac: 0, targetAddress: ROUTER },
  });
  return buildEthernet({ destination: 0, source: mac, tags: [], type: 0x0806, payload });
}

it('is followed a minute later: the old machine is asked by name, then everybody', async () => {
  const board = await boot(routerYaml(FLOWS), { farSides: ['eth1'] });
  const answer = (mac: number, at: number) =>
    board.sendFrames([answerOf(mac)], 'eth0', { at }).sent;
  const destinations = (sent: ReturnType<typeof answer>, what: string) =>
    sent
      .filter(({ frame }) => describeFrame(frame).startsWith(what))
      .map(({ frame }) => readU48(frame, 0));
  expect(destinations(board.send(PACKET, { at: 1 }).sent, 'arp who-has')).toEqual([BROADCAST]);
  expect(destinations(answer(OLD, 1), 'udp')).toEqual([OLD]);
  expect(destinations(board.send(PACKET, { at: 60.9 }).sent, 'arp')).toEqual([]);
  const poll = board.send(PACKET, { at: 61.5 }).sent;
  expect(destinations(poll, 'arp who-has')).toEqual([OLD]);
  expect(destinations(poll, 'udp')).toEqual([OLD]);
  expect(destinations(board.advance(62.6).sent, 'arp who-has')).toEqual([BROADCAST]);
  answer(NEW, 62.7);
  const { sent, delta } = board.send(PACKET, { at: 62.8 });
  expect(destinations(sent, 'udp')).toEqual([NEW]);
  expect(delta).toMatchObject({ transmitted: 1 });
});
