/** Plays a crime beside a healthy flow, and the same without the crime. */
import { expect } from 'vitest';
import { describeFrame } from '../../netstack/describe.ts';
import { type BoardUnderTest, boot, type Step } from '../firmware/board-under-test.ts';
import { OPEN, routerYaml } from '../firmware/configuration.ts';
import { sentBy } from '../firmware/frames.ts';
import { type Crime, HONEST } from './crime.ts';
import { hostileFirmware } from './hostile-system.ts';

export const VICTIM = 'udp 10.1.0.20:4000 > 10.2.0.7:502';
const HEALTHY = 'tcp 10.1.0.30:4000 > 10.2.0.7:80';
const HEALTHY_BACK = 'tcp 10.2.0.7:80 > 10.1.0.30:4000';

/** What a board did, all told. */
interface Story {
  readonly moved: Readonly<Record<string, number>>;
  readonly audit: readonly Readonly<Record<string, unknown>>[];
  /** Frames of the healthy flow, bytes and times; and what else left. */
  readonly healthy: readonly unknown[];
  readonly others: readonly string[];
}

/** What is expected of the crime, as the harness sees it. */
export type Observed = Pick<Crime, 'moved' | 'audit'> & { readonly leaves: readonly string[] };

/** Plays the crime; a healthy flow must lose nothing by it. */
export async function playCrime(crime: Crime): Promise<Observed> {
  const packets = crime.packets ?? [VICTIM];
  const guilty = await tell(crime, crime.code, packets);
  const innocent = await innocentStory(crime);
  expect(innocent.healthy).toHaveLength(7);
  expect(innocent.others).toEqual([]);
  expect(innocent.audit).toEqual([]);
  expect(guilty.healthy).toEqual(innocent.healthy);
  const arrived = { received: packets.length, 'ports.eth1.received': packets.length };
  const moved = difference(difference(guilty.moved, innocent.moved), arrived);
  return { moved, audit: guilty.audit, leaves: guilty.others };
}

const innocents = new Map<string, Promise<Story>>();

/** The healthy flow alone, and an honest module in the same place; the same for crimes alike. */
function innocentStory(crime: Crime): Promise<Story> {
  const { keys, links, messages, accomplice, vectorRows } = crime;
  const system = JSON.stringify({ keys, links, messages, accomplice, vectorRows });
  const story = innocents.get(system) ?? tell(crime, { process: HONEST }, []);
  innocents.set(system, story);
  return story;
}

async function tell(crime: Crime, code: Crime['code'], packets: readonly string[]): Promise<Story> {
  const firmware = await hostileFirmware(crime, code);
  const { vectorRows } = crime;
  const setup = vectorRows === undefined ? { firmware } : { firmware, vectorRows };
  const board = await boot(routerYaml(OPEN), setup);
  const steps = [
    board.send([HEALTHY, HEALTHY_BACK.concat(' flags syn-ack')], { at: 1 }),
    ...play(board, packets),
    board.finish(),
  ];
  return { ...told(steps), moved: total(steps) };
}

/** The healthy flow before, between and after the packets; then three seconds, and once more. */
function play(board: BoardUnderTest, packets: readonly string[]): Step[] {
  const ack = `${HEALTHY} flags ack`;
  return [
    board.send([ack, ...packets, `${HEALTHY_BACK} flags ack`, ack], { at: 2 }),
    board.advance(9),
    board.send([ack, `${HEALTHY_BACK} flags ack`], { at: 10 }),
  ];
}

function told(steps: readonly Step[]): Omit<Story, 'moved'> {
  const sent = steps.flatMap((step) => sentBy(step));
  const isHealthy = ({ frame }: { frame: Uint8Array }) => frame[23] === 6;
  const line = ({ port, frame }: { port: string; frame: Uint8Array }) =>
    `${port} ${describeFrame(frame)}`;
  return {
    audit: steps.flatMap(({ audit }) => audit),
    healthy: sent.filter(isHealthy),
    others: sent.filter((frame) => !isHealthy(frame)).map(line),
  };
}

function total(steps: readonly Step[]): Record<string, number> {
  return difference(
    {},
    ...steps.map(({ delta }) =>
      Object.fromEntries(Object.entries(delta).map(([path, moved]) => [path, -moved])),
    ),
  );
}

/** `from` less all of `others`; what did not move is not there. */
function difference(
  from: Readonly<Record<string, number>>,
  ...others: readonly Readonly<Record<string, number>>[]
): Record<string, number> {
  const moved = { ...from };
  for (const other of others) {
    for (const [path, by] of Object.entries(other)) moved[path] = (moved[path] ?? 0) - by;
  }
  return Object.fromEntries(Object.entries(moved).filter(([, by]) => by !== 0));
}
