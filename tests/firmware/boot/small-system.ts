/** Systems of modules that are only manifests, as tables. */
import { loadSystem } from '../../../config/system.ts';
import { compileTables } from '../../../firmware/boot/tables.ts';
import { OPEN, routerOf, routerYaml, scratchFolder } from '../configuration.ts';
import { writeBelow } from '../write-below.ts';

export interface SmallModule {
  accepts?: string;
  outputs?: string;
  writes?: string;
  drops?: string[];
  /** Lines of the manifest. */
  powers?: string;
}

/** The tables of modules m0, m1 and so on. */
export function compileSmall(modules: readonly SmallModule[], links: string, flows = OPEN) {
  const folder = scratchFolder();
  const names = modules.map((_, i) => `m${i}`);
  for (const [
    i,
    { accepts = 'ip', outputs = '{ out: ip }', writes = '{}', drops = [], powers = '' },
  ] of modules.entries()) {
    writeBelow(
      folder,
      `${names[i]}/manifest.yaml`,
      `name: ${names[i]}
version: 1.0.0
summary: A manifest for tests.
accepts: ${accepts}
reads: [ipv4.dst]
writes: ${writes}
outputs: ${outputs}
drops: ${JSON.stringify(drops)}
limits: { memory: 1 MiB, fuel-per-packet: 1000 }
${powers}
`,
    );
  }
  const list = names.map((name) => `${name}: ${name}`).join(', ');
  const system = writeBelow(folder, 'system.yaml', `modules: { ${list} }\nlinks:\n${links}\n`);
  return compileTables(loadSystem(system), routerOf(routerYaml(flows)));
}
