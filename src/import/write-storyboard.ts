import { Document, isNode, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { UNSEEN } from '../storyboard/print-yaml.ts';
import { escapeVariables } from '../storyboard/variables.ts';
import { CastPrompts } from './cast-prompt.ts';
import type { Draft, DraftCharacter, DraftLine, DraftScene, DraftShot } from './draft.ts';
import { SHOT_SECONDS } from './limits.ts';

const MODEL = 'alibaba/wan-2.7/text-to-video';
const LINE_WIDTH = 110;
const NODES: Document = new Document();

/** The draft as YAML that its author goes on with: blocks, and comments where something is to be decided. */
export function writeStoryboard(draft: Draft, from: string): string {
  const scenes = draft.scenes.filter(({ shots }) => shots.length > 0);
  const first = scenes[0];
  const isFlat = first?.id === null;
  const prompts = new CastPrompts(draft.characters);
  const nodes = isFlat ? [] : scenes.map(one => sceneNode(one, prompts));
  const shots = isFlat ? shotNodes(first.shots, prompts) : undefined;
  const isSeen = ({ id }: DraftCharacter) => prompts.mentioned.has(id);
  const unseen = draft.characters.filter(one => !isSeen(one)).map(({ name }) => name);
  const body = map({
    version: 1,
    title: draft.title === null ? undefined : text(draft.title),
    defaults: defaults(),
    characters: prompts.mentioned.size === 0 ? undefined : characters(draft.characters.filter(isSeen)),
    cut: draft.fadesOut ? flow({ fade_out: 1 }) : undefined,
    scenes: isFlat ? undefined : spaced(list(nodes)),
    shots,
  });
  const document = new Document(body, { version: '1.2', schema: 'core' });
  const heard = unseen.length === 0 ? [] : [`Seen in no shot: ${unseen.join(', ')}.`];
  document.commentBefore = comment([`Imported from ${from}.`, ...draft.comments, ...heard]);
  if (draft.ending.length > 0) document.comment = comment(draft.ending);
  for (const { key } of body.items.slice(draft.title === null ? 1 : 2)) (key as Scalar).spaceBefore = true;
  return document.toString({ lineWidth: LINE_WIDTH });
}

function defaults(): YAMLMap {
  const made = map({ model: MODEL, duration: SHOT_SECONDS.usual });
  // The place for what makes the shots look like one film.
  made.comment = ' resolution: 1080p\n negative_prompt: blurry, watermark';
  return made;
}

function characters(all: readonly DraftCharacter[]): YAMLMap {
  const made = new YAMLMap();
  for (const { id, name, description, introduction } of all) {
    const entry = map({ description: text(description) });
    if (introduction === null)
      entry.commentBefore = comment([`What does ${name} look like? Say so behind the name, after a comma.`]);
    made.set(id, entry);
  }
  return made;
}

function sceneNode({ id, title, comments, shots }: DraftScene, prompts: CastPrompts): Node {
  const heading = title === null ? undefined : text(title);
  return remark(map({ id, title: heading, shots: shotNodes(shots, prompts) }), comments);
}

function shotNodes(shots: readonly DraftShot[], prompts: CastPrompts): YAMLSeq {
  return list(shots.map(shot => remark(shotNode(shot, prompts), shot.comments)));
}

function shotNode(
  { id, title, prompt, card, dialogue = [], transition, fields = {} }: DraftShot,
  prompts: CastPrompts,
): Node {
  return map({
    id,
    title: title === undefined ? undefined : text(title),
    prompt: prompt === undefined ? undefined : text(prompts.write(prompt)),
    card: card === undefined ? undefined : flow({ title: text(card) }),
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fieldNode(value)])),
    dialogue: dialogue.length === 0 ? undefined : list(dialogue.map(line)),
    transition: transition === undefined ? undefined : flow({ ...transition }),
  });
}

function fieldNode(value: unknown): unknown {
  if (typeof value === 'string') return text(value);
  return typeof value === 'object' ? flow({ ...value }) : value;
}

function line({ text: words, speaker, comments }: DraftLine): Node {
  const fields = { text: text(words), speaker: speaker === null ? undefined : text(speaker) };
  const isShort = words.length + (speaker?.length ?? 0) < LINE_WIDTH - 40;
  return remark(isShort ? flow(fields) : map(fields), comments);
}

/** An entry for each field that there is. */
function map(fields: Readonly<Record<string, unknown>>): YAMLMap {
  const made = new YAMLMap();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined)
      made.add(new Pair(new Scalar(name), isNode(value) ? value : NODES.createNode(value)));
  return made;
}

function flow(fields: Readonly<Record<string, unknown>>): YAMLMap {
  const made = map(fields);
  made.flow = true;
  return made;
}

function list(items: readonly Node[]): YAMLSeq {
  const made = new YAMLSeq();
  made.items = [...items];
  return made;
}

/** Words as they are: what would call a variable is escaped. Long ones are folded, odd ones quoted. */
function text(words: string): Scalar {
  const made = new Scalar(escapeVariables(words));
  if (UNSEEN.test(words)) made.type = 'QUOTE_DOUBLE';
  else if (words.length > LINE_WIDTH - 30) made.type = 'BLOCK_FOLDED';
  return made;
}

function remark(node: Node, comments: readonly string[]): Node {
  if (comments.length > 0) node.commentBefore = comment(comments);
  return node;
}

function comment(lines: readonly string[]): string {
  return lines
    .flatMap(text => text.split('\n'))
    .map(text => text.replaceAll(/[\p{Cc}\u2028\u2029\ufeff]/gu, ' ').trim())
    .filter(text => text !== '')
    .map(text => ` ${text}`)
    .join('\n');
}

/** A blank line between the items of a list. */
function spaced(items: YAMLSeq): YAMLSeq {
  for (const item of items.items.slice(1)) (item as Node).spaceBefore = true;
  return items;
}
