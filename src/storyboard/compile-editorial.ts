import type { CompileContext } from './compile.ts';
import { colorOf } from './compile-cut.ts';
import type { Path } from './parse-yaml.ts';
import type { Entry, ShotFields } from './shot-fields.ts';
import type { Editorial, Line, LowerThird, Transition, Trim, Voice } from './storyboard.ts';
import type { WrittenStoryboard, Voice as WrittenVoice } from './written.ts';

const DEFAULT_TRANSITION_SECONDS = 0.5;

/** What the cut does with an item, whatever fills it. */
export function compileEditorial(
  entry: Entry,
  index: number,
  fields: ShotFields,
  cut: WrittenStoryboard['cut'],
  context: CompileContext,
): Editorial {
  const { shot, scene, path } = entry;
  return {
    id: shot.id ?? `shot-${index + 1}`,
    title: shot.title ?? fields.defaults.title ?? null,
    scene: scene === null ? null : { id: scene.id ?? '', title: scene.title ?? null },
    path,
    trim: compileTrim(entry, fields, context),
    speed: fields.find(entry, 'speed')?.value ?? 1,
    holdSeconds: fields.find(entry, 'hold')?.value ?? 0,
    gainDb: fields.find(entry, 'mute')?.value === true ? null : (fields.find(entry, 'gain')?.value ?? 0),
    voices: compileVoices(entry),
    caption: shot.caption === undefined ? null : { value: shot.caption, path: [...path, 'caption'] },
    lowerThird: compileLowerThird(entry),
    dialogue: compileDialogue(entry, context),
    transition: compileTransition(entry, index, fields, cut, context),
  };
}

function compileDialogue({ shot, path }: Entry, { report }: CompileContext): Line[] {
  const at = [...path, 'dialogue'];
  const { dialogue } = shot;
  if (typeof dialogue === 'string')
    return [{ text: dialogue, speaker: null, startSeconds: null, endSeconds: null, path: at }];
  let before = 0;
  return (dialogue ?? []).flatMap((line, index): Line[] => {
    if (typeof line?.text !== 'string') return []; // refused by the schema check
    const { text, speaker, start, end } = line;
    const place = [...at, index];
    if (end !== undefined && end <= (start ?? before))
      report('line-order', 'the line ends before it begins', [...place, 'end']);
    else if (start !== undefined && start < before)
      report('line-order', 'the line begins before the one before it has ended', [...place, 'start']);
    before = end ?? start ?? before;
    return [
      { text, speaker: speaker ?? null, startSeconds: start ?? null, endSeconds: end ?? null, path: place },
    ];
  });
}

function compileLowerThird({ shot, path }: Entry): LowerThird | null {
  if (typeof shot.lower_third?.title !== 'string') return null; // none, or refused by the schema check
  const { title, subtitle, start, duration } = shot.lower_third;
  return {
    ...{ title, subtitle: subtitle ?? null },
    ...{ startSeconds: start ?? 0.5, durationSeconds: duration ?? 4, path: [...path, 'lower_third'] },
  };
}

function compileVoices({ shot, scene, path }: Entry): Voice[] {
  const voices: Voice[] = [];
  const add = (voice: WrittenVoice | undefined, at: Path) => {
    if (typeof voice?.file !== 'string') return; // none, or refused by the schema check
    const { file, offset, gain } = voice;
    voices.push({ file: { file, path: [...at, 'file'] }, offsetSeconds: offset ?? 0, gainDb: gain ?? 0 });
  };
  // `scenes`, its number, `shots`, and the shot's: the first one carries what belongs to the scene.
  if (scene !== null && path.at(-1) === 0) add(scene.voice, [...path.slice(0, -2), 'voice']);
  add(shot.voice, [...path, 'voice']);
  return voices;
}

function compileTrim(entry: Entry, fields: ShotFields, { report }: CompileContext): Trim {
  const trim = fields.find(entry, 'trim');
  const path = trim?.path ?? entry.path;
  const startSeconds = trim?.value.start ?? 0;
  const endSeconds = trim?.value.end ?? null;
  if (endSeconds === null || endSeconds > startSeconds) return { startSeconds, endSeconds, path };
  report('trim-empty', `the trim ends at ${endSeconds} s, before it starts: nothing is left`, [
    ...path,
    'end',
  ]);
  return { startSeconds: 0, endSeconds: null, path };
}

function compileTransition(
  entry: Entry,
  index: number,
  fields: ShotFields,
  cut: WrittenStoryboard['cut'],
  { report }: CompileContext,
): Transition {
  const own = fields.find(entry, 'transition');
  const { value, path } =
    own ??
    (cut?.transition === undefined
      ? { value: CUT, path: entry.path }
      : { value: cut.transition, path: ['cut', 'transition'] });
  const { type, duration, color } = value;
  const none: Transition = { type: 'cut', durationSeconds: 0, color: colorOf('black'), path };
  if (type === undefined) return none; // the schema check refused it
  if (type === 'cut' && duration !== undefined) {
    report('cut-duration', 'a cut takes no time; remove `duration`, or choose another type', [
      ...path,
      'duration',
    ]);
  }
  if (color !== undefined && type !== 'fade') {
    report('no-color', `a ${type} goes through no colour; only a \`fade\` does`, [...path, 'color'], 'key');
  }
  if (index === 0 && type !== 'fade' && type !== 'cut' && own?.inherited === false) {
    const message = `the first shot has nothing before it for a ${type}; use \`fade\`, which comes from black`;
    report('nothing-before', message, [...path, 'type']);
  }
  // What every shot inherits is meant between shots, and not for the first frame of the film.
  if (type === 'cut' || (index === 0 && (type !== 'fade' || own?.inherited !== false))) return none;
  return {
    type,
    durationSeconds: duration ?? DEFAULT_TRANSITION_SECONDS,
    color: colorOf(color ?? 'black'),
    path,
  };
}

const CUT: { type: 'cut'; duration?: undefined; color?: undefined } = { type: 'cut' };
