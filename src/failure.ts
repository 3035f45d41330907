import type { FailureCode } from './explanations/explanations.ts';

/** Exit codes of the command line: a contract (see docs/commands.md). */
export const EXIT = {
  done: 0,
  environment: 1,
  usage: 2,
  shotsFailed: 3,
  unknownOutcome: 4,
  refused: 5,
  storeInUse: 6,
  pending: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * A mistake of the world: a missing program, a full disk, a refused request. Thrown by effects, caught per
 * job and in cli.ts, printed without a stack. The author's mistakes are `Diagnostic`s instead; anything else
 * that is thrown is a bug and keeps its stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  /** What to do now, as a full sentence. */
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(
    code: FailureCode,
    message: string,
    details: { hint?: string | undefined; cause?: unknown; exitCode?: ExitCode } = {},
  ) {
    super(message, { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? EXIT.environment;
  }
}

/** A failure as events and JSON tell it. */
export interface ToldFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string | null;
}

export function tell({ code, message, hint }: Failure): ToldFailure {
  return { code, message, hint: hint ?? null };
}

/** Turns what the operating system refused (`ENOSPC`, `EACCES` …) into a Failure; anything else comes back as it is. */
export function systemFailure(error: unknown, doing: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { code, path } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : SYSTEM_ERRORS[code];
  if (known === undefined) return error;
  const where = path === undefined || doing.includes(path) ? '' : ` (${path})`;
  return new Failure(known.code, `${doing}: ${known.what}${where}`, { hint: known.hint, cause: error });
}

/** True for an Error with this system code, such as 'ENOENT'. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the system said, in our words. */
interface SystemError {
  readonly code: FailureCode;
  readonly what: string;
  readonly hint: string;
}

const NO_SPACE: SystemError = {
  code: 'disk-full',
  what: 'the disk is full',
  hint: 'Free some space (`storyreel cache prune` lists what can go), then run the same command again: finished clips are kept.',
};
const NO_ACCESS: SystemError = {
  code: 'not-permitted',
  what: 'permission denied',
  hint: 'Make the folder writable for you, or choose others with --out and --store.',
};
const SYSTEM_ERRORS: Record<string, SystemError> = {
  ENOSPC: NO_SPACE,
  EDQUOT: { ...NO_SPACE, what: 'the disk quota is used up' },
  EACCES: NO_ACCESS,
  EPERM: NO_ACCESS,
  EROFS: { ...NO_ACCESS, what: 'the file system is read-only' },
  ENOENT: {
    code: 'not-found',
    what: 'no such file or folder',
    hint: 'Check the path; it is relative to the folder you are in.',
  },
  ENOTDIR: {
    code: 'not-a-folder',
    what: 'a part of the path is a file, not a folder',
    hint: 'Choose another path.',
  },
  EISDIR: {
    code: 'is-a-folder',
    what: 'this is a folder, not a file',
    hint: 'Name a file, or move the folder away.',
  },
  EEXIST: { code: 'exists', what: 'something of that name is there already', hint: 'Move it away.' },
  ELOOP: {
    code: 'link-loop',
    what: 'symbolic links lead in a circle',
    hint: 'Replace the links by the file.',
  },
  ENAMETOOLONG: { code: 'name-too-long', what: 'the path is too long', hint: 'Use a shorter path.' },
  EMFILE: {
    code: 'too-many-files',
    what: 'too many files are open',
    hint: 'Lower --concurrency, or raise `ulimit -n`.',
  },
  EIO: {
    code: 'io-error',
    what: 'the disk reported an error',
    hint: 'Check the disk, then run the same command again: finished clips are kept.',
  },
};

/** For what merely spares others a wait: a mistake in it must not hide a greater one. */
export function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
