/**
 * The flows of a router file and the tests of them.
 */

import type { Board } from './board.ts';
import type { ConfigurationFile } from './configuration-file.ts';
import { dropReasonId, dropReasonNames } from './drop-reasons.ts';
import { ZONE_ROUTER } from './interface-checks.ts';
import { readMatch, zonesIn } from './match-field.ts';
import { checkPacketText } from './packet-field.ts';
import type { PolicyFlow, RouterTest } from './router.ts';
import type { RouterData } from './router-schema.ts';
import { didYouMean } from './spelling.ts';

/** What a test expects when no flow may carry its packet. */
export const EXPECT_DENIED = 'denied';

/** The flows, in file order: the first that matches a new connection admits it. */
export function readFlows(
  file: ConfigurationFile<RouterData>,
  zones: readonly string[],
): PolicyFlow[] {
  const lines = new Map<string, number>();
  return file.data.flows.map(({ name, from, to, match }, index) => {
    const path = ['flows', index];
    const position = file.position(path);
    const first = lines.get(name);
    if (first !== undefined) {
      const message = `flow "${name}" stands in line ${first} already`;
      file.report('CONFIG_DUPLICATE', [...path, 'name'], message, 'give it a name of its own');
    }
    if (name === EXPECT_DENIED || dropReasonId(name) !== undefined) {
      const message = `"${name}" is a drop reason`;
      file.report('CONFIG_RESERVED', [...path, 'name'], message, 'name the flow otherwise');
    }
    lines.set(name, first ?? position.line);
    checkZones(file, index, zones);
    const matchText = match ?? '';
    const node = match === undefined ? null : readMatch(file, [...path, 'match'], match);
    for (const { name: zone, offset } of node === null ? [] : zonesIn(node)) {
      checkZone(file, [...path, 'match'], zone, zones, { offset });
    }
    return { name, from, to, match: node, matchText, ...position };
  });
}

function checkZones(
  file: ConfigurationFile<RouterData>,
  index: number,
  zones: readonly string[],
): void {
  const { from, to } = file.data.flows[index]!;
  const path = ['flows', index];
  if (from === ZONE_ROUTER && to === ZONE_ROUTER) {
    const message = 'a flow from the router to the router never reaches a wire';
    file.report('CONFIG_ZONE', [...path, 'to'], message, 'name a zone in one of them');
  }
  if (from !== ZONE_ROUTER) checkZone(file, [...path, 'from'], from, zones);
  if (to !== ZONE_ROUTER) checkZone(file, [...path, 'to'], to, zones);
}

function checkZone(
  file: ConfigurationFile<RouterData>,
  path: (string | number)[],
  zone: string,
  zones: readonly string[],
  spot: { offset?: number } = {},
): void {
  if (zones.includes(zone) || file.damaged.has('interfaces')) return;
  const hint = didYouMean(zone, zones) ?? 'a zone exists when an interface is in it';
  file.report('CONFIG_ZONE', path, `no interface is in zone "${zone}"`, hint, spot);
}

/** The tests, in file order. */
export function readTests(file: ConfigurationFile<RouterData>, board: Board | null): RouterTest[] {
  const flowNames = file.data.flows.map(({ name }) => name);
  const known = new Set([...flowNames, EXPECT_DENIED, ...dropReasonNames]);
  const ports = board?.ports.map(({ name }) => name) ?? [];
  return file.data.tests.map((test, index) => {
    const path = ['tests', index];
    checkPacketText(file, [...path, 'packet'], test.packet);
    if (!known.has(test.expect) && !file.damaged.has('flows')) {
      const message = `"${test.expect}" is neither a flow, nor "denied", nor a drop reason`;
      const hint = didYouMean(test.expect, [...known]) ?? 'drop reasons: docs/drop-reasons.md';
      file.report('CONFIG_EXPECT', [...path, 'expect'], message, hint);
    }
    const { in: port, ...rest } = test;
    if (port === undefined) return { ...rest, ...file.position(path) };
    if (board !== null && !ports.includes(port)) {
      const message = `board ${board.name} has no port "${port}"`;
      file.report('CONFIG_UNKNOWN_PORT', [...path, 'in'], message, didYouMean(port, ports));
    }
    return { ...rest, in: port, ...file.position(path) };
  });
}
