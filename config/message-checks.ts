/**
 * The messages of a system description: who sends what to whom, in records that both declare.
 */
import type { ConfigurationFile } from './configuration-file.ts';
import type { Manifest, MessageField, MessageType } from './manifest.ts';
import { FIELD_SIZES } from './message-record.ts';
import { didYouMean } from './spelling.ts';
import type { System } from './system.ts';
import type { SystemData } from './system-schema.ts';

type File = ConfigurationFile<SystemData>;
type Manifests = ReadonlyMap<string, Manifest>;

/** Where configuration comes from as messages, and the least type that holds each field. */
export const MESSAGE_SOURCES: Readonly<
  Record<string, Readonly<Record<string, MessageField['type']>>>
> = {
  $routes: { prefix: 'u32', length: 'u8', port: 'u8', nexthop: 'u32' },
  $neighbors: { first: 'u32', last: 'u32', port: 'u8' },
  // While the board runs: a link has gone, or is back. Until then every link is up.
  $links: { port: 'u8', up: 'u8' },
  // While the board runs: the console asks for an echo request, by a port that leads there.
  $pings: { port: 'u8', address: 'u32', token: 'u32', sequence: 'u16' },
  $interfaces: { port: 'u8', address: 'u32', length: 'u8', mac: 'u64', mtu: 'u16' },
};

/** Where a module's messages can go instead of to a module. */
export const MESSAGE_CONSOLE = 'console';

/** The messages, in file order. `unknown` are modules that did not load. */
export function readMessageLinks(
  file: File,
  manifests: Manifests,
  unknown: ReadonlySet<string>,
): System['messages'] {
  return Object.entries(file.data.messages).map(([from, to]) => {
    checkMessage(file, manifests, unknown, from, to);
    return { from, to };
  });
}

function checkMessage(
  file: File,
  manifests: Manifests,
  unknown: ReadonlySet<string>,
  from: string,
  to: string,
): void {
  const at = ['messages', from];
  const [module = '', name = '', ...rest] = from.split('.');
  if (unknown.has(module)) return;
  const manifest = manifests.get(module);
  if (manifest === undefined || name === '' || rest.length > 0) {
    const hint = didYouMean(module, [...manifests.keys()]) ?? 'write module.message';
    file.report('CONFIG_MESSAGE', at, `"${from}" is no message of a module`, hint, { key: true });
    return;
  }
  const isSource = to.startsWith('$');
  const way = isSource ? 'receives' : 'sends';
  const type = manifest.messages[way].find((message) => message.name === name);
  if (type === undefined) {
    const known = manifest.messages[way].map((message) => message.name);
    const hint = didYouMean(name, known) ?? `declare it under messages.${way} in its manifest`;
    const verb = isSource ? 'receive' : 'send';
    const message = `module ${module} does not ${verb} "${name}"`;
    file.report('CONFIG_MESSAGE', at, message, hint, { key: true });
  } else if (isSource) checkSource(file, at, type, to);
  else if (to !== MESSAGE_CONSOLE && !unknown.has(to)) checkReceiver(file, at, type, to, manifests);
}

function checkSource(file: File, at: string[], type: MessageType, to: string): void {
  const source = Object.hasOwn(MESSAGE_SOURCES, to) ? MESSAGE_SOURCES[to] : undefined;
  if (source === undefined) {
    const hint = didYouMean(to, Object.keys(MESSAGE_SOURCES));
    file.report('CONFIG_MESSAGE', at, `there is no configuration "${to}"`, hint);
    return;
  }
  for (const field of type.fields) {
    const least = Object.hasOwn(source, field.name) ? source[field.name] : undefined;
    if (least === undefined) {
      const message = `${to} has no field "${field.name}" of message ${type.name}`;
      const hint = didYouMean(field.name, Object.keys(source));
      file.report('CONFIG_MESSAGE', at, message, hint);
    } else if (FIELD_SIZES[field.type] < FIELD_SIZES[least]) {
      const message = `field "${field.name}" of ${to} does not fit ${field.type}`;
      file.report('CONFIG_MESSAGE', at, message, `declare it ${least}`);
    }
  }
}

function checkReceiver(
  file: File,
  at: string[],
  sent: MessageType,
  to: string,
  manifests: Manifests,
): void {
  const receiver = manifests.get(to);
  if (receiver === undefined) {
    const known = [...manifests.keys(), MESSAGE_CONSOLE, ...Object.keys(MESSAGE_SOURCES)];
    const message = `there is no module "${to}" to receive it`;
    file.report('CONFIG_MESSAGE', at, message, didYouMean(to, known));
    return;
  }
  const received = receiver.messages.receives.find(({ name }) => name === sent.name);
  if (received === undefined) {
    const message = `module ${to} does not receive "${sent.name}"`;
    const hint = 'declare it under messages.receives in its manifest';
    file.report('CONFIG_MESSAGE', at, message, hint);
  } else if (recordText(received) !== recordText(sent)) {
    const message = `${to} receives ${recordText(received)}, but ${recordText(sent)} is sent`;
    file.report('CONFIG_MESSAGE', at, message, 'declare the same fields in both manifests');
  }
}

function recordText({ fields }: MessageType): string {
  return `[${fields.map(({ name, type }) => `${name}: ${type}`).join(', ')}]`;
}
