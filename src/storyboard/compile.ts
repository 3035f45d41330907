import type { ErrorCode } from '../explanations/explanations.ts';
import { dollarsToMicros } from '../model/money.ts';
import { checkId } from './check-id.ts';
import { compileAudio } from './compile-audio.ts';
import { compileCut } from './compile-cut.ts';
import { compileDeliverables } from './compile-deliverables.ts';
import { ShotCompiler } from './compile-shot.ts';
import { mediumOf } from './medium.ts';
import type { Path } from './parse-yaml.ts';
import type { PromptPart } from './prompt.ts';
import { readPrompt } from './read-prompt.ts';
import type { Entry } from './shot-fields.ts';
import type { Reference, Storyboard } from './storyboard.ts';
import type { Reference as WrittenReference, Shot as WrittenShot, WrittenStoryboard } from './written.ts';

export type Report = (code: ErrorCode, message: string, path: Path, part?: 'key' | 'value') => void;

export interface CompileContext {
  readonly file: string;
  /** The storyboard's name where it has no title. */
  readonly name: string;
  /** Whose fields go before those of every shot; undefined for none. */
  readonly profile: string | undefined;
  readonly report: Report;
  /** Reports inside a prompt, at its `brace`-th brace. */
  readonly reportBrace: (message: string, code: ErrorCode, path: Path, brace: number, length: number) => void;
  /** True if the schema check already complained about something at or under this place. */
  readonly complained: (path: Path) => boolean;
  /** Notes a mistake that was reported elsewhere. */
  readonly skipped: () => void;
  /** True if the schema check refused just this value, or a file that may hold it could not be read. */
  readonly refused: (path: Path) => boolean;
}

/** Merges defaults, resolves names and applies the rules that a schema cannot say. */
export function compileStoryboard(written: WrittenStoryboard, context: CompileContext): Storyboard {
  const references = compileReferences(written, context);
  const style = compileStyle(written, references, context);
  const compiler = new ShotCompiler(written, references, style, context);
  const items = [...listShots(written, context)].map((entry, index) => compiler.item(entry, index));
  if (items.length === 0 && !context.complained(['shots']) && !context.complained(['scenes'])) {
    context.report('missing-key', 'the storyboard needs `shots`, or `scenes` with shots', []);
  }
  const cut = compileCut(written.cut, context.report);
  const audio = compileAudio(written.audio);
  return {
    file: context.file,
    title: written.title ?? context.name,
    provider: written.provider ?? null,
    budgetMicros: written.budget === undefined ? null : dollarsToMicros(written.budget),
    cut,
    audio,
    deliverables: compileDeliverables(written.deliverables, cut, audio, context.report),
    subtitles: {
      track: written.subtitles?.track ?? false,
      language: written.subtitles?.language ?? 'und',
    },
    fonts: (written.fonts ?? []).flatMap((file, index) =>
      typeof file === 'string' ? [{ file, path: ['fonts', index] }] : [],
    ),
    references,
    style,
    items,
    shots: items.filter(item => item.kind === 'shot'),
  };
}

function compileReferences(written: WrittenStoryboard, context: CompileContext): Map<string, Reference> {
  const references = new Map<string, Reference>();
  for (const [plural, kind] of [
    ['characters', 'character'],
    ['props', 'prop'],
    ['locations', 'location'],
  ] as const) {
    for (const [name, reference] of Object.entries<WrittenReference>(written[plural] ?? {})) {
      const path = [plural, name];
      const other = references.get(name);
      if (other !== undefined) {
        const message = `"${name}" is the name of a ${other.kind} already; characters, props and locations share one set of names`;
        context.report('duplicate-name', message, path, 'key');
        continue;
      }
      const videos = (reference.videos ?? []).flatMap(
        (video, index) => mediumOf(video, [...path, 'videos', index], null) ?? [],
      );
      const image =
        reference.image === undefined ? null : mediumOf(reference.image, [...path, 'image'], 'last');
      const isEmpty = videos.length === 0 && image === null && reference.description === undefined;
      if (isEmpty && !context.complained(path)) {
        const message = `"${name}" needs \`videos\`, an \`image\` or a \`description\`, to show or say what it looks like`;
        context.report('no-media', message, path, 'key');
      }
      references.set(name, { name, kind, description: reference.description ?? null, videos, image });
    }
  }
  return references;
}

function compileStyle(
  written: WrittenStoryboard,
  references: ReadonlyMap<string, Reference>,
  context: CompileContext,
): readonly PromptPart[] {
  const names = { references, standIns: new Map(), own: new Map() };
  return written.style === undefined ? [] : readPrompt(written.style, ['style'], names, context);
}

function* listShots(written: WrittenStoryboard, context: CompileContext): Generator<Entry> {
  if (written.scenes !== undefined && written.shots !== undefined) {
    context.report(
      'scenes-and-shots',
      'a storyboard has either `scenes` or `shots`; move these into a scene',
      ['shots'],
      'key',
    );
  }
  const sceneIds = new Map<string, string>();
  for (const [sceneIndex, scene] of (written.scenes ?? []).entries()) {
    checkId(scene.id, ['scenes', sceneIndex, 'id'], sceneIds, 'scene', context);
    for (const [index, shot] of (scene.shots ?? []).entries()) {
      if (!isRefused(shot)) yield { shot, scene, path: ['scenes', sceneIndex, 'shots', index] };
    }
  }
  for (const [index, shot] of (written.shots ?? []).entries())
    if (!isRefused(shot)) yield { shot, scene: null, path: ['shots', index] };
}

/** An item that the schema check refused whole was emptied; what it lacks is no news. */
function isRefused(shot: WrittenShot): boolean {
  return Object.keys(shot).length === 0;
}
