import { MODULE_CODES } from '../../firmware/boot/module-codes.ts';
import {
  MODULE_LIMITS,
  STACK_FRAME_SIZE,
  STACK_SIZE_MAX,
  STACK_VALUE_SIZE,
} from '../../firmware/boot/module-limits.ts';

const HEAD = `# Why a module is refused

The loader reads a module's bytes before anything of it runs; [abi.md](abi.md) says what a module
may be. A refusal has one of these codes, says in which function and at which byte, and what to
change. Commands exit with 3. The codes are API.

This page is made by \`npm run generate\`.

| code | what is wrong | what to do |
|---|---|---|
`;

const number = (value: number): string => value.toLocaleString('en-US');

/** docs/module-codes.md: every refusal of the loader, and its limits. */
export function moduleCodesPage(): string {
  const codes = Object.entries(MODULE_CODES).map(
    ([code, { meaning, hint }]) => `| \`${code}\` | ${meaning} | ${hint} |\n`,
  );
  const limits = Object.entries(MODULE_LIMITS).map(
    ([what, limit]) => `| ${what} | ${number(limit)} |\n`,
  );
  const most = number(STACK_SIZE_MAX);
  const stack = `
The stack of the deepest chain of calls is bounded by ${most} bytes: each function counts
${STACK_FRAME_SIZE}, and ${STACK_VALUE_SIZE} for each of its locals and instructions.
No compiler keeps more values than that.
`;
  return `${HEAD}${codes.join('')}
## Limits

| at most | |
|---|---|
${limits.join('')}${stack}`;
}
