import { promises as fs } from 'node:fs';
import { EXIT, Failure, systemFailure } from '../failure.ts';
import { movedSince, parseSavedPlan, type SavedOptions, type SavedPlan } from '../plan/saved-plan.ts';
import type { PlannedFiles } from '../project/plan-files.ts';
import { snapshot } from '../project/snapshot.ts';
import { writeAtomic } from '../store/atomic-write.ts';

export async function writeSavedPlan(
  path: string,
  planned: PlannedFiles,
  options: SavedOptions,
): Promise<void> {
  try {
    await writeAtomic(path, `${JSON.stringify(await snapshot(planned, options), null, 1)}\n`);
  } catch (error) {
    throw systemFailure(error, `cannot write the plan ${path}`);
  }
}

export async function readSavedPlan(path: string): Promise<SavedPlan> {
  let text: string;
  try {
    text = await fs.readFile(path, 'utf8');
  } catch (error) {
    throw systemFailure(error, `cannot read the plan ${path}`);
  }
  const saved = parseSavedPlan(text);
  if (saved !== null) return saved;
  throw new Failure('bad-plan', `${path} is no plan that this storyreel has saved`, {
    hint: 'Make one with `storyreel plan FILE --out PLAN`.',
    exitCode: EXIT.usage,
  });
}

/** Refuses unless the plan of now is exactly the saved one. */
export async function refuseIfMoved(path: string, saved: SavedPlan, planned: PlannedFiles): Promise<void> {
  const moved = movedSince(saved, await snapshot(planned, saved.options));
  if (moved.length === 0) return;
  const shown = moved.slice(0, 20).map(line => `\n  ${line}`);
  const more = moved.length > 20 ? `\n  and ${moved.length - 20} more` : '';
  throw new Failure('plan-stale', `${path} is no longer what would happen:${shown.join('')}${more}`, {
    hint: 'Nothing was submitted. Make a new plan, read it, and render that.',
    exitCode: EXIT.refused,
  });
}
