import { hash } from 'node:crypto';
import { hasCode } from '../failure.ts';
import { type SavedOptions, type SavedPlan, savePlan } from '../plan/saved-plan.ts';
import { hashFile } from '../store/digests.ts';
import type { PlannedFiles } from './plan-files.ts';

/** A plan with digests of all that it was made of. */
export async function snapshot(
  { plan, films, checked }: Pick<PlannedFiles, 'plan' | 'films' | 'checked'>,
  options: SavedOptions,
): Promise<SavedPlan> {
  const storyboards = [...checked.sources.values()].map(({ file, text }) => ({
    file,
    sha256: hash('sha256', text),
  }));
  const locks = await Promise.all(
    films.map(async ({ loaded, lockFile }) => ({
      file: loaded.file.file,
      sha256: await digestOfFile(lockFile),
    })),
  );
  return savePlan(plan, options, { storyboards, locks });
}

async function digestOfFile(path: string): Promise<string | null> {
  try {
    return await hashFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
