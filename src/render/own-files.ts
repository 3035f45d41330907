import { existsSync, promises as fs, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { EXIT, Failure, hasCode, systemFailure } from '../failure.ts';
import type { LoadedStoryboard } from '../project/check-files.ts';
import { sweepTemporariesIn, writeAnew } from '../store/atomic-write.ts';
import { makeFolder } from '../store/make-folder.ts';
import { CLIPS, filesOfReport, requireWritable } from './out-folder.ts';
import { readReport } from './report.ts';

/** What of ours lies in a film's folder: what its cut made, and the pages of its contact sheet. */
export type Maker = 'film' | 'takes';

/** What is noted of a folder; files by their paths in it, with `/`. */
interface Note extends Readonly<Record<Maker, readonly string[]>> {
  readonly version: 1;
  /** Whose film it is, from here; null where nobody has said so. */
  readonly storyboard: string | null;
}

/** Of a storyboard, what must not be mistaken for ours. */
interface Sources extends Pick<LoadedStoryboard, 'referencePaths'> {
  readonly file: Pick<LoadedStoryboard['file'], 'file' | 'path'>;
}

const NOTE = '.storyreel.json';

const ELSEWHERE: Readonly<Record<Maker, string>> = {
  film: 'choose another place with --out',
  takes: 'choose another place with --sheet',
};

/**
 * The files of ours in a film's folder. The author may keep others beside them, or send the film to where the storyboard
 * and its footage are: nothing else is ever replaced or taken away. Each is noted before it is made, so that what a
 * killed run left is known too.
 */
export class OwnFiles {
  private readonly folder: string;
  private readonly maker: Maker;
  private readonly sources: Sources;

  constructor(folder: string, maker: Maker, sources: Sources) {
    this.folder = folder;
    this.maker = maker;
    this.sources = sources;
  }

  /** Throws a Failure where something that is not ours lies where these files go. Writes nothing. */
  async requireFree(names: readonly string[]): Promise<void> {
    await this.noteIfFree(names);
  }

  private async noteIfFree(names: readonly string[]): Promise<Note> {
    for (const folder of this.folders()) this.requireFolder(folder);
    // Before the note is read: whatever another run makes meanwhile was noted before.
    const present = names.filter(name => this.isPresent(name));
    const note = await this.read();
    this.requireSameFilm(note);
    const ours = new Set(note[this.maker]);
    this.requireNoSource([...names, ...ours]);
    const stranger = present.find(name => !ours.has(name));
    if (stranger === undefined) return note;
    throw new Failure(
      'exists',
      `${join(this.folder, stranger)} is there already, and is not known to be ours`,
      {
        hint: `Move it away, or ${ELSEWHERE[this.maker]}: what is not ours is never replaced.`,
      },
    );
  }

  /** The same; then the files may be made. */
  async claim(names: readonly string[]): Promise<void> {
    const note = await this.noteIfFree(names);
    for (const folder of this.folders()) sweepTemporariesIn(folder);
    const all = [...new Set([...note[this.maker], ...names])];
    if (all.length === note[this.maker].length && note.storyboard === this.storyboardFor(note)) return;
    await requireWritable(this.folder);
    await makeFolder(this.folder);
    await this.write(note, all);
  }

  /** Takes away what was made earlier and is none of these files, which are all there is now. */
  async keepOnly(names: readonly string[]): Promise<void> {
    const note = await this.read();
    const wanted = new Set(names);
    for (const name of note[this.maker]) {
      const path = join(this.folder, name);
      const isFile = lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
      if (!wanted.has(name) && isFile) await fs.rm(path, { force: true });
    }
    await this.write(note, names);
  }

  private folders(): string[] {
    return this.maker === 'film' ? [this.folder, join(this.folder, CLIPS)] : [this.folder];
  }

  /** Of what is not there, the folder that it would be made in. */
  private requireFolder(path: string): void {
    const isFolder = isFolderAt(path);
    if (isFolder === null) this.requireFolder(dirname(path));
    if (isFolder === null && lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw new Failure(
        'not-found',
        `cannot write into ${this.folder}: ${path} is a link to what is not there`,
        { hint: `Take the link away, bring back what it leads to, or ${ELSEWHERE[this.maker]}.` },
      );
    if (isFolder !== false) return;
    throw new Failure(
      'not-a-folder',
      `cannot write into ${this.folder}: a part of the path is a file, not a folder (${path})`,
      {
        hint: `Move it away, or ${ELSEWHERE[this.maker]}.`,
      },
    );
  }

  private isPresent(name: string): boolean {
    const path = join(this.folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() !== true) return found !== undefined;
    throw new Failure('is-a-folder', `${path} is a folder, and a file of that name is to be made`, {
      hint: `Move it away, or ${ELSEWHERE[this.maker]}.`,
    });
  }

  /** What is made would replace, or sweep away, what it is made of. */
  private requireNoSource(names: readonly string[]): void {
    const { referencePaths, file } = this.sources;
    // Upper and lower case are one to some file systems.
    const realFolder = new Map(
      this.folders().flatMap(folder => (existsSync(folder) ? [[folder, realpathSync(folder)]] : [])),
    );
    const paths = new Set(
      names.map(name => {
        const path = join(this.folder, name);
        return join(realFolder.get(dirname(path)) ?? dirname(path), basename(path)).toLowerCase();
      }),
    );
    for (const [named, path] of referencePaths) {
      if (!paths.has(path.toLowerCase())) continue;
      throw new Failure(
        'film-of-itself',
        `${file.file} names ${named}, which is among the files that are made of it`,
        {
          hint: `Copy that file to a place of its own and name the copy, or ${ELSEWHERE[this.maker]}.`,
          exitCode: EXIT.usage,
        },
      );
    }
  }

  /** Two storyboards of one name would take turns in one folder. One that was moved or renamed is not there any more. */
  private requireSameFilm(note: Note): void {
    if (this.maker !== 'film' || note.storyboard === null || note.storyboard === this.storyboardFor(note))
      return;
    const other = resolve(realpathSync(this.folder), note.storyboard);
    const there = statSync(other, { throwIfNoEntry: false });
    const here = statSync(this.sources.file.path);
    // The same file under another name: behind a link, or where upper and lower case are one.
    if (there === undefined || (there.dev === here.dev && there.ino === here.ino)) return;
    throw new Failure(
      'same-name',
      `${this.folder} has the film of ${other}, not of ${this.sources.file.file}`,
      {
        hint: 'Rename one of the storyboards, move that folder away, or choose another place with --out.',
        exitCode: EXIT.usage,
      },
    );
  }

  private storyboardFor({ storyboard }: Note): string | null {
    if (this.maker !== 'film' || !existsSync(this.folder)) return storyboard;
    const path = relative(realpathSync(this.folder), realpathSync(this.sources.file.path));
    return path.split(sep).join('/');
  }

  private async read(): Promise<Note> {
    const path = join(this.folder, NOTE);
    try {
      const note = JSON.parse(await fs.readFile(path, 'utf8')) as Note;
      // An older version, which writes no notes, may have cut the film since.
      if (isNote(note)) return { ...note, film: [...new Set([...note.film, ...(await this.reported())])] };
    } catch (error) {
      const isNone =
        hasCode(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError || error instanceof TypeError;
      if (!isNone) throw systemFailure(error, `cannot read ${path}`);
    }
    return await this.readOld();
  }

  /** Of a folder from before there were notes, in which there is a film of ours. */
  private async readOld(): Promise<Note> {
    const film = await this.reported();
    const names = film.length === 0 ? [] : readdirSync(this.folder);
    const takes = names.filter(name => /^takes(-\d+)?\.png$/.test(name));
    return { version: 1, storyboard: null, film, takes };
  }

  private async reported(): Promise<string[]> {
    const report = await readReport(this.folder);
    return report === null ? [] : filesOfReport(report).filter(isInside);
  }

  private async write(note: Note, names: readonly string[]): Promise<void> {
    const storyboard = this.storyboardFor(note);
    const text = JSON.stringify({ ...note, storyboard, [this.maker]: names }, null, 2);
    await writeAnew(join(this.folder, NOTE), `${text}\n`);
  }
}

/** Null where there is nothing. */
function isFolderAt(path: string): boolean | null {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

function isNote({ version, storyboard, film, takes }: Note): boolean {
  const isPath = storyboard === null || typeof storyboard === 'string';
  return version === 1 && isPath && [...film, ...takes].every(isInside);
}

/** Whatever somebody wrote into a note: nothing outside of the folder is ours. */
function isInside(name: unknown): boolean {
  if (typeof name !== 'string' || (sep === '\\' && name.includes(sep))) return false;
  return /^(clips\/)?[^/]+$/.test(name) && !/^(clips\/)?\.\.?$/.test(name);
}
