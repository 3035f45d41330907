import type { Cell } from './csv.ts';

/** What a column of a shot list can hold. */
export type Column =
  | 'id'
  | 'scene'
  | 'title'
  | 'prompt'
  | 'duration'
  | 'camera'
  | 'characters'
  | 'dialogue'
  | 'speaker'
  | 'notes'
  | 'seed'
  | 'model'
  | 'takes'
  | 'pick'
  | 'transition'
  | 'negative_prompt';

/** The names that shot lists give their columns, in small letters and without marks. */
const NAMES: Readonly<Record<Column, readonly string[]>> = {
  id: [
    'shot',
    'shot id',
    'shot no',
    'shot nr',
    'shot number',
    'shot num',
    'id',
    'no',
    'nr',
    'number',
    'setup',
  ],
  scene: [
    'scene',
    'scene id',
    'scene no',
    'scene nr',
    'scene number',
    'scene name',
    'scene title',
    'sc',
    'sequence',
    'seq',
  ],
  title: ['title', 'shot title', 'shot name', 'name', 'slug'],
  prompt: [
    ...[
      'prompt',
      'description',
      'shot description',
      'desc',
      'action',
      'visual',
      'visuals',
      'video',
      'picture',
    ],
    ...['what happens', 'content', 'image', 'subject', 'shot content'],
  ],
  duration: [
    ...[
      'duration',
      'length',
      'dur',
      'time',
      'seconds',
      'secs',
      'sec',
      'screen time',
      'runtime',
      'est duration',
    ],
    ...['duration s', 'duration sec', 'duration seconds', 'length s', 'length sec', 'length seconds', 'trt'],
  ],
  camera: [
    ...[
      'camera',
      'camera angle',
      'angle',
      'camera move',
      'camera movement',
      'movement',
      'move',
      'framing',
      'frame',
    ],
    ...[
      'size',
      'shot size',
      'type',
      'shot type',
      'lens',
      'focal length',
      'lighting',
      'light',
      'mood',
      'style',
    ],
    ...['location', 'setting', 'set', 'place', 'int ext', 'i e', 'time of day', 'day night', 'd n', 'props'],
  ],
  characters: ['characters', 'character', 'cast', 'talent', 'actor', 'actors', 'who', 'people'],
  dialogue: ['dialogue', 'dialog', 'dialogues', 'line', 'lines', 'spoken', 'vo', 'voice over', 'voiceover'],
  speaker: ['speaker', 'said by'],
  notes: ['notes', 'note', 'comment', 'comments', 'remark', 'remarks', 'shot notes', 'director notes'],
  seed: ['seed'],
  model: ['model'],
  takes: ['takes', 'take', 'take count', 'number of takes'],
  pick: ['pick', 'picked', 'picked take', 'good take', 'selected take'],
  transition: ['transition', 'transition in', 'trans', 'cut'],
  negative_prompt: ['negative prompt', 'negative', 'avoid'],
};

const BY_NAME: ReadonlyMap<string, Column> = new Map(
  Object.entries(NAMES).flatMap(([column, names]) => names.map(name => [name, column as Column] as const)),
);

/** Names that people would know, for a message. */
export const KNOWN_COLUMNS =
  'shot, scene, description, duration, camera, characters, dialogue, transition, notes';

/** What the column under this header holds; null if nobody can tell. */
export function columnOf(header: Cell): Column | null {
  const name = header.text
    .slice(0, 100)
    .replace(/#/g, ' no ')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  return BY_NAME.get(name) ?? null;
}
