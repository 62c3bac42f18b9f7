/** Each decision of `sluice init`, by the smallest capture that asks for it. */
import { describe, expect, it } from 'vitest';
import { flowsOf, layoutOf, proposed, type SmallPacket, tcp } from './small-capture.ts';

const A = '10.1.0.20';
const B = '10.2.0.7';

async function flows(packets: readonly SmallPacket[], ...words: string[]): Promise<string[]> {
  return flowsOf(await proposed(packets, ...words));
}

async function layout(packets: readonly SmallPacket[], ...words: string[]): Promise<string[]> {
  return layoutOf(await proposed(packets, ...words));
}

describe('the client is', () => {
  it('who sends the SYN, whatever the ports', async () => {
    expect(await flows(tcp(A, B, 50_000, 502))).toEqual([
      `office > servers: tcp dst port 50000 and src host ${A} and dst host ${B}`,
    ]);
  });

  it('whose SYN is answered, where only the answer was captured', async () => {
    const [, synAck] = tcp(A, B, 6000, 5000);
    expect(await flows([synAck!])).toEqual([
      `office > servers: tcp dst port 6000 and src host ${A} and dst host ${B}`,
    ]);
  });

  it.each([
    ['a known port', 502, 4000],
    ['a port below 1024', 600, 4000],
    ['the lower port', 4000, 50_000],
  ])('of a connection in its middle, who has not %s', async (_, port, sport) => {
    const [, , , , answer, end] = tcp(A, B, port, sport);
    const [flow, ...others] = await flows([answer!, end!]);
    expect(flow).toContain(`tcp dst port ${port} and src host ${A} and dst host ${B}`);
    expect(others).toEqual([]);
  });

  it('who sends UDP first', async () => {
    const out = `udp ${A}:3000 > ${B}:2999`;
    expect(await flows([out, `udp ${B}:2999 > ${A}:3000`])).toEqual([
      `office > servers: udp dst port 2999 and src host ${A} and dst host ${B}`,
    ]);
  });

  it('of UDP whose question came before the capture, who has not the known port', async () => {
    const answer = `udp ${B}:53 > ${A}:3000`;
    expect(await flows([answer, `udp ${A}:3000 > ${B}:53`, answer])).toEqual([
      `office > servers: udp dst port 53 and src host ${A} and dst host ${B}`,
    ]);
  });

  it('nobody where a known port only sends: that opens the flow', async () => {
    const one = `udp ${B}:4713 > ${A}:3000`;
    expect(await flows([one, one])).toEqual([
      `plant > control: udp src port 4713 and src host ${B} and dst host ${A}`,
    ]);
  });

  it('who asks for an echo; a reply alone is nobody', async () => {
    const reply = `icmp ${B} > ${A} echo-reply`;
    expect(await flows([`icmp ${A} > ${B}`, reply])).toEqual([
      `office > servers: icmp and src host ${A} and dst host ${B}`,
    ]);
    const { text, router } = await proposed([reply]);
    expect(router.flows).toEqual([]);
    expect(text).toContain('1 frame of ICMP replies whose request is not in the capture');
  });

  it('who sends another protocol first', async () => {
    expect(await flows([`ip proto 47 ${A} > ${B} size 60`])).toEqual([
      `office > servers: ip proto 47 and src host ${A} and dst host ${B}`,
    ]);
  });
});

describe('zones are proposed', () => {
  it('by subnet, where hosts are in several', async () => {
    expect(await layout(tcp(A, B, 502))).toEqual(['plant 10.2.0.1/24', 'control 10.1.0.1/24']);
  });

  it('by what hosts speak, where they share one subnet', async () => {
    const packets = [...tcp('10.1.0.9', '10.1.0.7', 20_000), ...tcp('10.1.0.30', '10.1.0.9', 80)];
    expect(await layout(packets)).toEqual([
      'plant 10.1.0.1/24',
      'control 10.1.0.254/32',
      'office 10.1.0.253/32',
      '10.1.0.9/32 > control0',
      '10.1.0.30/32 > office0',
    ]);
  });

  it('by who talks to whom, where all hosts of a subnet are alike', async () => {
    const ring = [
      ...tcp('10.1.0.2', '10.1.0.3', 502),
      ...tcp('10.1.0.3', '10.1.0.4', 502),
      ...tcp('10.1.0.4', '10.1.0.5', 502),
      ...tcp('10.1.0.5', '10.1.0.2', 502),
    ];
    expect(await layout(ring)).toEqual([
      'plant 10.1.0.1/24',
      'plant-2 10.1.0.254/32',
      '10.1.0.3/32 > plant1',
      '10.1.0.5/32 > plant1',
    ]);
    expect(await flows(ring)).toHaveLength(4);
  });

  it('no more than --zones says, and those with least between them are one', async () => {
    const packets = [
      ...tcp('10.1.0.2', '10.2.0.2', 502),
      ...tcp('10.3.0.2', '10.2.0.2', 502),
      ...tcp('10.4.0.2', '10.2.0.2', 502),
    ];
    expect(await layout(packets, '--zones', '2')).toEqual([
      'plant 10.2.0.1/24',
      'control 10.1.0.1/24',
      '10.3.0.0/24 > control0',
      '10.4.0.0/24 > control0',
    ]);
    expect(await flows(packets, '--zones', '2')).toHaveLength(1);
    expect((await layout(packets)).length).toBe(4);
  });

  it('of a scan of thousands of subnets too, with as many routes as a file may have', async () => {
    const scan = Array.from({ length: 3000 }, (_, i) => {
      return `tcp 192.168.0.9:4000 > 10.${20 + (i >> 8)}.${i & 255}.7:502`;
    });
    const { router, text } = await proposed([...scan, ...tcp('192.168.0.9', B, 80)]);
    expect(router.routes.length).toBe(512);
    expect(text).toMatch(/# +2,\d+ hosts that would need more routes than are written here/);
  });

  it('not of a scan: who answers nothing serves nothing', async () => {
    const scan = Array.from({ length: 9 }, (_, i) => `tcp ${A}:4000 > 10.2.0.${i + 2}:502`);
    const packets = [...scan, ...tcp('10.2.0.2', '10.3.0.9', 80)];
    const found = (await layout(packets)).map((line) => line.split(' ')[0]);
    expect(found).toContain('office');
    expect(found).toContain('servers');
  });
});

describe('addresses', () => {
  const ROUTER = 0x0200_0000_00fe;
  const out = (text: string): SmallPacket => [text, { destination: ROUTER }];
  const back = (text: string): SmallPacket => [text, { source: ROUTER }];
  const web = [
    out(`udp ${A}:4000 > 8.8.8.8:53`),
    back(`udp 8.8.8.8:53 > ${A}:4000`),
    out(`udp ${A}:4001 > 9.9.9.9:53`),
    back(`udp 9.9.9.9:53 > ${A}:4001`),
  ];

  it('behind a router have a route by the address that it has by ARP', async () => {
    const arp: SmallPacket = [`arp who-has ${A} tell 10.1.0.3`, { source: ROUTER }];
    expect(await layout([arp, ...web])).toEqual([
      'office 10.1.0.1/24',
      'internet 10.1.0.254/32',
      '10.1.0.3/32 > internet0',
      '0.0.0.0/0 > 10.1.0.3',
    ]);
  });

  it('or by one of its own that it is seen with', async () => {
    const own = back(`icmp 10.1.0.4 > ${A}`);
    expect(await layout([own, ...web])).toContain('0.0.0.0/0 > 10.1.0.4');
  });

  it('or by a guess that says so', async () => {
    const { text } = await proposed(web);
    expect(text).toContain(
      "  # a guess: the capture does not show the router's own address\n" +
        '  - { to: 0.0.0.0/0, via: 10.1.0.253 }\n',
    );
  });

  it("of the router are those of the capture's, where all its subnets are here", async () => {
    const arp: SmallPacket = [`arp who-has ${A} tell 10.1.0.3`, { source: ROUTER }];
    const packets = [
      arp,
      ...tcp(A, B, 502).map((text) => (text.includes(`> ${A}`) ? back(text) : out(text))),
      back(`icmp 10.3.0.7 > ${A}`),
    ];
    expect(await layout(packets)).toContain('control 10.1.0.3/24');
  });

  it('of two /24s that ARP shows on one wire are one subnet', async () => {
    const packets = ['arp who-has 10.1.3.7 tell 10.1.2.9', ...tcp('10.1.2.9', '10.1.3.7', 502)];
    expect(await layout(packets)).toEqual([
      'plant 10.1.2.1/23',
      'control 10.1.3.254/32',
      '10.1.2.9/32 > control0',
    ]);
  });

  it('that end in 255 and speak are hosts of a larger subnet; those that are silent are none', async () => {
    expect((await layout(tcp('10.1.2.255', B, 502)))[1]).toBe('control 10.1.2.1/23');
    const { text, router } = await proposed(['udp 10.1.0.7:47808 > 10.1.0.255:47808']);
    expect(router.flows).toEqual([]);
    expect(text).toContain('1 frame to the last address of a subnet (broadcast)');
  });

  it('are never those of a host of the capture', async () => {
    const all = Array.from({ length: 254 }, (_, i) => `udp 10.1.0.${i + 1}:9 > ${B}:53`);
    const found = await layout(all);
    expect(found).toEqual([
      'servers 10.2.0.1/24',
      'office 169.254.0.1/32',
      '10.1.0.0/24 > office0',
    ]);
    expect(await flows(all)).toEqual([
      `office > servers: udp dst port 53 and src net 10.1.0.0/24 and dst host ${B}`,
    ]);
  });
});

describe('the file says', () => {
  it('tcp-pickup where connections began before the capture, and only there', async () => {
    const whole = await proposed(tcp(A, B, 502));
    expect(whole.router.options.tcpPickup).toBe(false);
    const cut = await proposed(tcp(A, B, 502).slice(3));
    expect(cut.router.options.tcpPickup).toBe(true);
    expect(cut.text).toContain('# 1 of 1 TCP connection began before the capture');
  });

  it('an MTU where packets are longer than 1,500 bytes', async () => {
    const { router } = await proposed([`udp ${A}:4000 > ${B}:53 size 1914`]);
    expect(router.interfaces.map(({ zone, mtu }) => [zone, mtu])).toEqual([
      ['servers', 1900],
      ['office', 1500],
    ]);
  });

  it.each([
    ['udp 10.1.0.20:9 > 10.2.0.7:9 size 3000', 'longer than 2,048 bytes'],
    ['udp 10.1.0.20:9 > 10.2.0.7:9 ttl 1', 'with a TTL of 1'],
    ['udp 10.1.0.20:9 > 224.0.0.9:9', 'to multicast groups'],
    ['udp 10.1.0.20:9 > 255.255.255.255:9', 'to everybody (broadcast)'],
    ['udp 127.0.0.1:9 > 10.2.0.7:9', 'with an address that no router carries'],
    ['udp 10.1.0.20:9 > 10.1.0.20:9', 'from a host to itself'],
    ['tcp 10.1.0.20:9 > 10.2.0.7:9 flags syn-fin', 'with TCP flags that make no sense'],
  ])('what is not carried: %s', async (packet, text) => {
    expect((await proposed([packet])).text).toContain(`#   1 frame ${text}`);
  });

  it('a wide range of ports as one flow', async () => {
    const scan = Array.from({ length: 100 }, (_, i) => `tcp ${A}:4000 > ${B}:${i + 2000}`);
    expect(await flows([...scan, ...tcp(A, B, 502)])).toEqual([
      expect.stringContaining(`tcp and src host ${A} and dst host ${B}`),
      expect.stringContaining(`tcp dst port 502 and src host ${A} and dst host ${B}`),
    ]);
  });

  it('what a scan tried as part of the scan, whatever the port is for', async () => {
    const scan = Array.from({ length: 100 }, (_, i) => `tcp ${A}:4000 > ${B}:${i + 450}`);
    expect(await flows(scan)).toEqual([
      expect.stringContaining(`tcp and src host ${A} and dst host ${B}`),
    ]);
  });

  it('servers of the very same clients in one flow, others apart', async () => {
    const packets = [
      ...tcp(A, B, 502),
      ...tcp(A, '10.2.0.8', 502),
      ...tcp('10.1.0.21', '10.2.0.9', 502),
    ];
    expect(await flows(packets)).toEqual([
      `control > plant: tcp dst port 502 and src host ${A} and (dst host ${B} or 10.2.0.8)`,
      'control > plant: tcp dst port 502 and src host 10.1.0.21 and dst host 10.2.0.9',
    ]);
  });

  it('names that are unique', async () => {
    const packets = [...tcp(A, B, 502), ...tcp(A, '10.2.0.8', 502), ...tcp('10.1.0.21', B, 502)];
    const names = (await proposed(packets)).router.flows.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
