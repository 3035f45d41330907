import { dirname, join, resolve } from 'node:path';
import type { LoadedStoryboard } from '../project/check-files.ts';
import type { PlannedFiles } from '../project/plan-files.ts';
import { CLIPS, filesOfFilm, requireWritable } from './out-folder.ts';
import { OwnFiles } from './own-files.ts';
import type { RenderOptions } from './render.ts';
import { isToMake } from './render-takes.ts';

type Places = Pick<RenderOptions, 'cwd' | 'out'>;

/** Where a storyboard's film goes. */
export function filmFolder({ file }: LoadedStoryboard, planned: PlannedFiles, { cwd, out }: Places): string {
  const root = planned.films[0]?.loaded.file.root;
  const all =
    out === undefined ? join(root ?? dirname(planned.store.folder), 'out') : resolve(cwd ?? '.', out);
  return join(all, file.name);
}

/**
 * Refuses, before anything is asked, drawn or bought, a film that would take the place of what is not ours; and one whose
 * folder cannot be written, where something is to be made for it. Writes nothing.
 */
export async function requireRoom(planned: PlannedFiles, places: Places): Promise<void> {
  const isWritten = planned.plan.takes.some(isToMake);
  for (const { loaded } of planned.films) {
    const folder = filmFolder(loaded, planned, places);
    await new OwnFiles(folder, 'film', loaded).requireFree(filesOfFilm(loaded));
    if (isWritten) for (const written of [folder, join(folder, CLIPS)]) await requireWritable(written);
  }
}
