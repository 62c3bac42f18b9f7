/**
 * Names of a manifest as identifiers of a program.
 */

/** `quoted.l4.sport` is `quotedL4Sport`. */
export function camelCase(name: string): string {
  return name.replace(/[-._]+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `quoted.l4.sport` is `QuotedL4Sport`. */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** `quoted.l4.sport` is `QUOTED_L4_SPORT`. */
export function upperCase(name: string): string {
  return name.replace(/[-.]/g, '_').toUpperCase();
}
