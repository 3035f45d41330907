import { join, relative, resolve } from 'node:path';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { formatDollars } from '../model/money.ts';
import type { Json } from '../plan/request.ts';
import { type ListedShot, type ListedTake, listTakes } from '../project/list-takes.ts';
import { type PlannedFiles, type PlannedStoryboard, planFiles } from '../project/plan-files.ts';
import type { ContactSheet } from '../render/contact-sheet.ts';
import { plural } from '../terminal/amounts.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import type { CommandContext } from './context.ts';
import { readOptionsOf, type VersionFlags } from './version-flags.ts';

interface TakesFlags extends VersionFlags {
  readonly provider?: string;
  readonly only?: string;
  readonly store?: string;
  readonly json?: boolean;
  /** A file; false for none. */
  readonly sheet?: string | false;
}

/** Lists every take there ever was of each shot, and draws them side by side. */
export async function takesCommand(
  file: string,
  flags: TakesFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const { provider, store, only } = flags;
  refuseOtherFormats(flags);
  const planned = await planFiles([file], { cwd, provider, store, only, ...readOptionsOf(flags) });
  const [film] = planned.films;
  if (film === undefined) throw new RangeError('one file is one film');
  const shots = await listTakes(planned, film);
  const { title, file: shownFile } = film.loaded.storyboard;
  const head = { title, file: shownFile, provider: planned.plan.provider.name };
  const sheet = await drawSheet(head, shots, planned, film, flags, context);
  if (flags.json === true) {
    const takes = shots.flatMap(shot => shot.takes.map(take => takeToJson(shot, take)));
    terminal.out(asJson({ version: 1, ...head, sheets: sheet.files, takes }));
    return EXIT.done;
  }
  const { formatTakes } = await import('../terminal/format-takes.ts');
  terminal.out(formatTakes({ ...head, shots }, terminal.outColor));
  for (const other of await otherProviders(planned, film))
    terminal.out(`There are takes by ${other} too: --provider ${other}\n`);
  if (sheet.files.length > 0)
    terminal.out(`\nContact sheet: ${sheet.files.map(path => cleanLine(relative(cwd, path))).join(', ')}\n`);
  if (sheet.leftOut > 0)
    terminal.out(`${plural(sheet.leftOut, 'shot')} more had no room on it; choose shots with --only\n`);
  return EXIT.done;
}

async function otherProviders(
  { plan, purchases }: PlannedFiles,
  { history, inside }: PlannedStoryboard,
): Promise<string[]> {
  const bought = [...purchases.current.values()].filter(({ storyboard }) => storyboard === inside);
  const names = new Set([...(await history.providers()), ...bought.map(({ provider }) => provider)]);
  return [...names].filter(name => name !== plan.provider.name).sort();
}

function refuseOtherFormats({ sheet }: TakesFlags): void {
  if (sheet === undefined || sheet === false || /\.png$/i.test(sheet)) return;
  throw new Failure('bad-flag', `--sheet takes a file that ends in .png, not ${JSON.stringify(sheet)}`, {
    exitCode: EXIT.usage,
  });
}

/** Nothing is drawn where there is nothing to show. */
async function drawSheet(
  { title, file, provider }: { title: string; file: string; provider: string },
  shots: readonly ListedShot[],
  { store }: PlannedFiles,
  { loaded }: PlannedStoryboard,
  flags: TakesFlags,
  { cwd, environment, signal }: CommandContext,
): Promise<ContactSheet> {
  const count = shots.flatMap(({ takes }) => takes).filter(({ clip }) => clip !== null).length;
  if (flags.sheet === false || count === 0) return { files: [], leftOut: 0 };
  const [{ writeContactSheet }, { OwnFiles }, { locateFfmpeg }, { holdStore }] = await Promise.all([
    import('../render/contact-sheet.ts'),
    import('../render/own-files.ts'),
    import('../media/ffmpeg.ts'),
    import('../store/in-use.ts'),
  ]);
  const folder = join(loaded.file.root, 'out', loaded.file.name);
  const usual = join(folder, 'takes.png');
  const sheet = flags.sheet === undefined ? usual : resolve(cwd, flags.sheet);
  const engine = { override: environment.STORYREEL_FFMPEG, searchPath: environment.PATH };
  const hold = await holdStore(store.folder, 'shared');
  try {
    return await writeContactSheet({
      ...{ title, shots, store, signal },
      note: `${file}, ${plural(count, 'clip')} by ${provider}`,
      fonts: loaded.storyboard.fonts.flatMap(font => loaded.referencePaths.get(font.file) ?? []),
      ...{ file: sheet, own: sheet === usual ? new OwnFiles(folder, 'takes', loaded) : null },
      ffmpeg: () => locateFfmpeg(engine),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Failure('interrupted', 'interrupted before the contact sheet was drawn', {
      exitCode: EXIT.interrupted,
      cause: error,
    });
  } finally {
    hold.release();
  }
}

function takeToJson({ id, shot }: ListedShot, listed: ListedTake): Json {
  const { take, key, state, current, picked, locked, changed, seed, model } = listed;
  return {
    ...{ scene: shot?.scene?.id ?? null, shot: id, take, key, state, current, picked, locked, changed },
    ...{ seed, model, prediction: listed.predictionId },
    cost: listed.costMicros === null ? null : formatDollars(listed.costMicros),
    rendered: listed.renderedAt?.toISOString() ?? null,
    clip: listed.clip?.sha256 ?? null,
  };
}
