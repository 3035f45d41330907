import { promises as fs } from 'node:fs';
import { Failure, systemFailure } from '../failure.ts';
import { writeAtomic } from '../store/atomic-write.ts';
import type { Source } from '../storyboard/source.ts';

const MARK = /^\uFEFF/;

/**
 * Puts a new text in the place of one that was read: at once or not at all, and not if somebody else has changed the
 * file since. A link stays one, and so do who may read it and a mark at its beginning.
 */
export async function rewriteFile(before: Source, path: string, after: string): Promise<void> {
  try {
    const real = await fs.realpath(path);
    const text = await fs.readFile(real, 'utf8');
    if (text.replace(MARK, '') !== before.text.replace(MARK, '')) {
      throw new Failure('changed-meanwhile', `${before.file} was changed by somebody else just now`, {
        hint: 'Run the same command again.',
      });
    }
    const mark = MARK.exec(text)?.[0] ?? '';
    await writeAtomic(real, mark + after.replace(MARK, ''), (await fs.stat(real)).mode);
  } catch (error) {
    throw systemFailure(error, `cannot write ${before.file}`);
  }
}
