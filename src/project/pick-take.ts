import { EXIT, Failure } from '../failure.ts';
import { applyEdit, editPick } from '../storyboard/edit-pick.ts';
import { positionAt, type Source } from '../storyboard/source.ts';
import type { Shot } from '../storyboard/storyboard.ts';
import { didYouMean } from '../storyboard/suggest.ts';
import { checkFiles, type LoadedStoryboard } from './check-files.ts';
import { InvalidStoryboard } from './invalid-storyboard.ts';
import { nameShots } from './name-shots.ts';
import { rewriteFile } from './rewrite-file.ts';

/** The edit of a storyboard that makes a shot use another take. */
export interface PickEdit {
  readonly shot: Shot;
  readonly before: Source;
  /** Null where the film uses that take already. */
  readonly after: Source | null;
  /** Where `pick` will stand, from 1; null where nothing changes. */
  readonly line: number | null;
  /** The file, absolute. */
  readonly path: string;
}

/** Works the edit out, and writes nothing. `name` is the shot's id, or `scene/shot`. */
export async function pickTake(file: string, name: string, take: number, cwd: string): Promise<PickEdit> {
  const checked = await checkFiles([file], cwd);
  const [loaded] = checked.storyboards;
  if (loaded === undefined) throw new InvalidStoryboard(checked);
  const shot = findShot(name, loaded);
  if (take > shot.takes) throw noSuchTake(shot, take);
  const { path } = loaded.file;
  const before = checked.sources.get(loaded.file.file) as Source;
  if (take === shot.pick) return { shot, before, after: null, line: null, path };
  const edit = editPick(before, shot.path, take);
  if (edit === null) throw shared(shot, before);
  const after = { ...before, text: applyEdit(before.text, edit) };
  const { line } = positionAt(after, edit.range.start + edit.text.trimEnd().length - 1);
  return { shot, before, after, line, path };
}

/** Changes the file; not if somebody else has changed it since it was read. */
export async function writePick({ before, after, path }: PickEdit): Promise<void> {
  if (after !== null) await rewriteFile(before, path, after.text);
}

function findShot(name: string, { storyboard, file }: LoadedStoryboard): Shot {
  const items = new Map(storyboard.items.map(item => [item.id, item]));
  const [id = '', scene] = name.split('/').reverse();
  const item = items.get(id);
  if (item === undefined || (scene !== undefined && item.scene?.id !== scene)) {
    const names = storyboard.shots.map(shot =>
      scene === undefined || shot.scene === null ? shot.id : `${shot.scene.id}/${shot.id}`,
    );
    throw new Failure('no-shot', `${file.file} has no shot "${name}"${didYouMean(name, names)}`, {
      hint: nameShots(names),
      exitCode: EXIT.usage,
    });
  }
  if (item.kind === 'shot') return item;
  throw new Failure('no-shot', `"${item.id}" is a ${item.kind}: it is not generated, and has no takes`, {
    exitCode: EXIT.usage,
  });
}

function noSuchTake({ id, takes }: Shot, take: number): Failure {
  const has = takes === 1 ? 'one take' : `${takes} takes`;
  return new Failure('no-take', `there is no take ${take} of ${id}: it has ${has}`, {
    hint: 'Raise its `takes` first; what was rendered before costs nothing.',
    exitCode: EXIT.usage,
  });
}

function shared({ id }: Shot, { file }: Source): Failure {
  return new Failure('shared-text', `the pick of ${id} cannot be changed alone in ${file}`, {
    hint: 'Another part of the storyboard uses the same text through an alias; write it out there first.',
    exitCode: EXIT.usage,
  });
}
