import type { Command } from 'commander';
import { buildProgram } from '../../src/commands/program.ts';

/** The commands and flags, to be looked at and not to be run. */
export function quietProgram(): Command {
  const terminal = {
    ...{ out: () => {}, err: () => {}, outColor: false, errColor: false },
    ...{ interactive: false, live: false, columns: 100 },
  };
  const context = { cwd: '.', environment: {}, keepSecret: () => {}, signal: AbortSignal.abort(), terminal };
  return buildProgram('0', context, () => {});
}
