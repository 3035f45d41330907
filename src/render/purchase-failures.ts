import { EXIT, Failure } from '../failure.ts';
import type { PlannedTake } from '../plan/plan.ts';
import type { Journal } from '../store/journal/journal.ts';
import type { Submission } from '../store/journal/submission.ts';

export function held(submission: Submission): Failure {
  const words = submission.errorMessage ?? 'the answer was lost';
  const { candidateId, storyboard, shot, take } = submission;
  const which = `${storyboard} ${shot}${take > 1 ? ` --take ${take}` : ''}`;
  const named = candidateId === null ? '' : ` --adopt ${candidateId}`;
  return new Failure('outcome-unknown', `nobody knows whether it was bought: ${words}`, {
    hint: `It may have been charged, so it is held and not sent again. Run the same command later to look for it again, or settle it with \`storyreel resolve ${which}${named}\`.`,
    exitCode: EXIT.unknownOutcome,
  });
}

export function endedBefore({ state, errorCode, errorMessage }: Submission): Failure {
  if (state === 'abandoned') {
    return new Failure('abandoned', 'it was given up with `storyreel resolve --abandon`', {
      hint: 'Buy it anew with --retry-failed, or change the shot.',
      exitCode: EXIT.shotsFailed,
    });
  }
  return new Failure(
    errorCode ?? 'task-failed',
    `it failed before: ${errorMessage ?? 'no reason is known'}`,
    {
      hint: 'It is not bought again unasked: change the shot, or try the same once more with --retry-failed.',
      exitCode: EXIT.shotsFailed,
    },
  );
}

export function notApproved(): Failure {
  return new Failure('not-in-plan', 'it would have to be bought, and the plan did not say so', {
    hint: 'Run the same command again for a plan that names its price.',
    exitCode: EXIT.refused,
  });
}

/** The journal has the words of the last try. */
export function lastRefusal({ key }: PlannedTake, journal: Journal): Failure {
  const submission = journal.of(key);
  return new Failure(
    submission?.errorCode ?? 'unreachable',
    submission?.errorMessage ?? 'the service cannot be reached',
    { hint: 'Nothing was submitted. Check the network, then run the same command again.' },
  );
}
