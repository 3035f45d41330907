import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Failure } from '../failure.ts';
import { temporaryBeside } from '../store/atomic-write.ts';
import { Store } from '../store/store.ts';
import { type MadeFilm, makeFilm } from './film.ts';
import type { FilmJob } from './film-job.ts';

/**
 * Makes a film a second time, from its clips and nothing else, and compares both with the digests in the lock file.
 * Throws a Failure that names what differs.
 */
export async function verifyFilm(job: FilmJob, made: MadeFilm): Promise<void> {
  const { film, store, emit } = job;
  const { file } = film.loaded.file;
  const { lockedFilms } = film;
  if (lockedFilms.size === 0)
    throw new Failure('film-not-locked', `the lock file of ${file} names no finished film`, {
      hint: '`storyreel render FILE --lock-film` writes the digests of the film that it makes; commit them.',
      exitCode: EXIT.refused,
    });
  const { version } = await job.ffmpeg();
  for (const [name, { ffmpeg }] of lockedFilms) {
    if (ffmpeg === version) continue;
    throw new Failure('other-ffmpeg', `${name} was made by ffmpeg ${ffmpeg}, and this is ${version}`, {
      hint: 'Other versions give other bytes: set STORYREEL_FFMPEG to that one, or pin the film again with --lock-film.',
    });
  }
  const folder = temporaryBeside(join(store.folder, 'verify'));
  try {
    const again = await makeFilm({
      ...job,
      store: new Store(store.folder, join(folder, 'derived')),
      folder: join(folder, 'out'),
      emit: event => {
        if (event.type === 'cut-progressed') emit(event);
      },
    });
    const names = [...new Set([...lockedFilms.keys(), ...made.files.keys()])].sort();
    const differingIn = (files: MadeFilm['files'] | undefined) =>
      names.filter(name => files?.get(name)?.sha256 !== lockedFilms.get(name)?.sha256);
    const [first, second] = [differingIn(made.files), differingIn(again?.files)];
    if (first.length > 0 && second.length === 0)
      throw new Failure(
        'film-wrong',
        `what is kept is damaged: ${first.join(', ')} is not what its clips make`,
        {
          hint: 'Nothing is wrong with the storyboard and its clips. Take the kept pieces and the film away, with `storyreel cache prune --delete` and by hand, and cut again.',
          exitCode: EXIT.shotsFailed,
        },
      );
    const differing = names.filter(name => first.includes(name) || second.includes(name));
    if (differing.length > 0)
      throw new Failure('film-differs', `not what the lock file says: ${differing.join(', ')}`, {
        hint: 'The storyboard, a clip, a font or a sound was changed since. Look at the film, then pin it with --lock-film.',
        exitCode: EXIT.shotsFailed,
      });
    emit({ type: 'film-verified', storyboard: file, film: made.file, files: lockedFilms.size });
  } finally {
    await fs.rm(folder, { recursive: true, force: true });
  }
}
