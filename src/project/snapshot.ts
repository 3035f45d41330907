import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { hasCode } from '../failure.ts';
import { type SavedOptions, type SavedPlan, savePlan } from '../plan/saved-plan.ts';
import type { PlannedFiles } from './plan-files.ts';

/** A plan with digests of all that it was made of. */
export async function snapshot(
  { plan, films, checked }: Pick<PlannedFiles, 'plan' | 'films' | 'checked'>,
  options: SavedOptions,
): Promise<SavedPlan> {
  const storyboards = films.map(({ loaded: { file } }) => ({
    file: file.file,
    sha256: digest(checked.sources.get(file.file)?.text ?? ''),
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
    return digest(await fs.readFile(path));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
