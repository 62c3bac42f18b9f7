import { spawnSync } from 'node:child_process';
import { hasProgram } from '../project/has-program.ts';
import { type Instruction, readProgram, runProgram } from './bpf-machine.ts';

/** Why the tests that ask tcpdump cannot run; null when they can. */
export const tcpdumpMissing = hasProgram('tcpdump') ? null : 'tcpdump is not installed';

const REJECT: Instruction[] = [{ code: 6, jt: 0, jf: 0, k: 0 }];

/** What libpcap compiles an expression to for Ethernet; null if it refuses the expression. */
export function libpcapFilter(expression: string): ((frame: Uint8Array) => boolean) | null {
  const args = ['-y', 'EN10MB', '-s', '262144', '-ddd', expression];
  const { status, stdout, stderr } = spawnSync('tcpdump', args, { encoding: 'utf8' });
  // libpcap's optimizer turns a filter that matches nothing into an error.
  const isNever = stderr.includes('rejects all packets');
  if (status !== 0 && !isNever) return null;
  const program = isNever ? REJECT : readProgram(stdout);
  return (frame) => runProgram(program, frame);
}
