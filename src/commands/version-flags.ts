import { EXIT, Failure } from '../failure.ts';
import type { ReadOptions } from '../project/version.ts';

/** Flags that choose a version of a storyboard. */
export interface VersionFlags {
  readonly profile?: string;
  /** `name=value` */
  readonly set?: readonly string[];
}

export function readOptionsOf({ profile, set = [] }: VersionFlags): ReadOptions {
  return { profile, variables: new Map(set.map(assignment)) };
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new Failure('bad-flag', `--set takes name=value, not ${JSON.stringify(text)}`, {
    exitCode: EXIT.usage,
  });
}
