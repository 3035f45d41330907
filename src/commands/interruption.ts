import { EXIT, Failure } from '../failure.ts';

/**
 * What Ctrl-C cut short, as a failure; anything else comes back as it is. A run that may have submitted something
 * tells its own end: what arrives here was planning, or asking.
 */
export function interruption(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || !isAbort(error)) return error;
  return new Failure('interrupted', 'interrupted; nothing was submitted', {
    cause: error,
    exitCode: EXIT.interrupted,
  });
}

/** What is thrown where a signal is aborted. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
