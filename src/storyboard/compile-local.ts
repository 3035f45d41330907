import type { CompileContext } from './compile.ts';
import { colorOf } from './compile-cut.ts';
import type { Entry, ShotFields } from './shot-fields.ts';
import type { Card, Editorial, Footage, Still } from './storyboard.ts';
import type { Shot as WrittenShot } from './written.ts';

/** What may fill a shot in the place of a prompt. */
const SOURCES = ['clip', 'still', 'card'] as const;
type LocalSource = (typeof SOURCES)[number];

const WHAT_IT_IS: Readonly<Record<LocalSource, string>> = {
  clip: 'a `clip` is footage that exists already',
  still: 'a `still` is a picture that exists already',
  card: 'a `card` is drawn here',
};

/** Fields that only a rendered shot has. */
const OF_PROMPTS = [
  ...['prompt', 'references', 'image', 'videos', 'model', 'resolution', 'aspect_ratio', 'negative_prompt'],
  ...['enable_prompt_expansion', 'seed', 'inputs', 'takes', 'pick', 'priority'],
] as const satisfies readonly (keyof WrittenShot)[];

const IDLE: Readonly<Record<LocalSource, readonly (keyof WrittenShot)[]>> = {
  clip: ['duration', 'move'],
  still: ['trim', 'speed', 'gain', 'mute'],
  card: ['trim', 'speed', 'move', 'gain', 'mute'],
};

const DEFAULT_STILL_SECONDS = 5;
const DEFAULT_CARD_SECONDS = 3;

export function localSourceOf(shot: WrittenShot): LocalSource | null {
  return SOURCES.find(source => shot[source] !== undefined) ?? null;
}

/** An item that no model renders; reports fields that would do nothing. */
export function compileLocal(
  source: LocalSource,
  editorial: Editorial,
  entry: Entry,
  fields: ShotFields,
  { report }: CompileContext,
): Footage | Still | Card {
  const { shot, path } = entry;
  const other = SOURCES.find(name => name !== source && shot[name] !== undefined);
  if (other !== undefined)
    report(
      'two-sources',
      `a shot shows one thing: its \`${source}\`, or this \`${other}\``,
      [...path, other],
      'key',
    );
  for (const name of [...OF_PROMPTS, ...IDLE[source]]) {
    if (shot[name] === undefined) continue;
    const instead = name === 'duration' ? '; `trim` says which part of it is used' : '';
    report(
      'idle-field',
      `\`${name}\` does nothing here: ${WHAT_IT_IS[source]}${instead}`,
      [...path, name],
      'key',
    );
  }
  // Defaults are for what is rendered: what they say of trims and speeds is of no matter here.
  const whole = { ...editorial, trim: { ...editorial.trim, startSeconds: 0, endSeconds: null }, speed: 1 };
  const seconds = (otherwise: number) => {
    const duration = shot.duration ?? otherwise;
    if (duration > 0 && duration <= 3600) return duration;
    report('out-of-range', `a ${source} lasts more than 0 and at most 3600 seconds`, [...path, 'duration']);
    return otherwise;
  };
  switch (source) {
    case 'clip':
      return { ...editorial, kind: 'clip', file: { file: shot.clip ?? '', path: [...path, 'clip'] } };
    case 'still':
      return {
        ...{ ...whole, kind: 'still', file: { file: shot.still ?? '', path: [...path, 'still'] } },
        durationSeconds: seconds(DEFAULT_STILL_SECONDS),
        move: fields.find(entry, 'move')?.value ?? 'zoom-in',
      };
    case 'card': {
      const { title, subtitle, style, color, background } = shot.card ?? { title: '' };
      return {
        ...{ ...whole, kind: 'card', durationSeconds: seconds(DEFAULT_CARD_SECONDS) },
        text: {
          ...{ title, subtitle: subtitle ?? null, style: style ?? 'centre' },
          color: color === undefined ? null : colorOf(color),
          background: background === undefined ? null : colorOf(background),
        },
      };
    }
  }
}
