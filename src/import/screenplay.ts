import type { Diagnostic } from '../storyboard/diagnostic.ts';
import type { Source } from '../storyboard/source.ts';
import { Characters, properName } from './characters.ts';
import type { Draft, DraftLine, DraftScene, DraftShot, DraftTransition } from './draft.ts';
import { nameOpening } from './draft.ts';
import { type Element, parseFountain, type Spoken } from './fountain.ts';
import { firstWords, Ids } from './ids.ts';
import {
  LONGEST_LINE,
  LONGEST_PROMPT,
  LONGEST_SPEAKER,
  LONGEST_TITLE,
  SHOT_SECONDS,
  secondsOf,
} from './limits.ts';
import { plain } from './plain.ts';
import { splitText } from './split-text.ts';
import { isPlainCut, nothingBefore, transitionOf } from './transition.ts';

type Dialogue = Extract<Element, { kind: 'dialogue' }>;

/** A draft, and what there is to say of the text that it was made from. */
export interface Drafted {
  readonly draft: Draft;
  readonly diagnostics: readonly Diagnostic[];
}

/** A screenplay's scenes as scenes, its action as shots, its dialogue as that of the shots. */
export function draftScreenplay(source: Source): Drafted {
  const { titlePage, elements, unclosed } = parseFountain(source.text);
  const diagnostics: Diagnostic[] = unclosed.map(({ mark, at }) => ({
    ...{ code: 'not-closed', severity: 'warning', file: source.file, range: { start: at, end: at + 2 } },
    message: `this ${mark} is never closed, and was read as text; write ${mark === '[[' ? ']]' : '*/'} where it ends`,
  }));
  const title = titlePage.find(({ key }) => /^title$/i.test(key));
  const drafter = new Drafter(elements);
  const draft = drafter.draft({
    title: title === undefined ? null : plain(title.value),
    comments: titlePage.filter(entry => entry !== title).map(({ key, value }) => `${key}: ${value}`),
  });
  if (drafter.opening !== null) {
    const { words, start } = drafter.opening;
    diagnostics.push({
      ...{ code: 'no-shot-before', severity: 'warning', message: nothingBefore(words) },
      ...{ file: source.file, range: { start, end: start + words.length } },
    });
  }
  if (draft.scenes.every(({ shots }) => shots.length === 0)) {
    const message =
      'there is no scene, no action and no dialogue in this screenplay: there is nothing to import';
    diagnostics.push({
      code: 'nothing-to-import',
      severity: 'error',
      message,
      file: source.file,
      range: { start: 0, end: 1 },
    });
  }
  return { draft, diagnostics };
}

interface OpenScene extends DraftScene {
  readonly comments: string[];
  readonly shots: OpenShot[];
}

interface OpenShot extends DraftShot {
  readonly comments: string[];
  readonly dialogue: DraftLine[];
  /** That the dialogue takes. */
  seconds: number;
  fields: Record<string, unknown>;
}

interface OpenTransition {
  readonly words: string;
  readonly is: DraftTransition | null;
  readonly start: number;
}

class Drafter {
  private readonly elements: readonly Element[];
  private readonly scenes: OpenScene[] = [];
  private readonly sceneIds = new Ids();
  private readonly shotIds = new Ids();
  private readonly characters = new Characters();
  private shots = 0;
  /** Waits for the next scene or shot. */
  private comments: string[] = [];
  private transition: OpenTransition | null = null;
  /** A transition before the first shot that needs a shot before it. */
  opening: OpenTransition | null = null;
  private heading: string | null = null;

  constructor(elements: readonly Element[]) {
    this.elements = elements;
  }

  draft({ title, comments }: Pick<Draft, 'title' | 'comments'>): Draft {
    for (const element of this.elements) this.take(element);
    this.endScene();
    for (const element of this.elements)
      if (element.kind === 'action') this.characters.describe(plain(element.text));
    const fadesOut = this.transition?.is?.type === 'fade';
    if (!fadesOut && this.transition !== null) this.comments.push(this.transition.words);
    return {
      ...{ title: title === null || title === '' ? null : (splitText(title, LONGEST_TITLE)[0] ?? null) },
      comments: title !== null && title.length > LONGEST_TITLE ? [title, ...comments] : comments,
      characters: this.characters.list(),
      ...{ scenes: nameOpening(this.scenes, this.sceneIds), fadesOut, ending: this.comments },
    };
  }

  private take(element: Element): void {
    const { kind } = element;
    if (kind === 'heading') this.beginScene(element.text, element.number);
    else if (kind === 'action')
      for (const prompt of splitText(plain(element.text), LONGEST_PROMPT)) this.addShot({ prompt });
    else if (kind === 'centred') this.addCentred(plain(element.text));
    else if (kind === 'lyric') this.addLines([{ kind: 'words', text: element.text }], null, []);
    else if (kind === 'dialogue') this.addDialogue(element);
    else if (kind === 'transition') this.addTransition(element.text, element.start);
    else if (kind === 'synopsis') this.addSynopsis(element.text);
    else this.comments.push(element.text.trim());
  }

  private beginScene(text: string, number: string | null): void {
    this.endScene();
    const title = plain(text);
    const id = this.sceneIds.take(
      title.replace(/^[a-z./\s]{2,8}?[.\s]\s*(?=\S)/i, ''),
      `scene-${this.scenes.length + 1}`,
    );
    if (number !== null) this.comments.push(`Scene ${number}`);
    const [first = title] = splitText(title, LONGEST_TITLE);
    if (first !== title) this.comments.push(title);
    this.scenes.push({ id, title: first, comments: this.takeComments(), shots: [] });
    this.heading = title;
  }

  /** A scene has a shot at least: of one without action, its heading is all that there is to see. */
  private endScene(): void {
    if (this.heading !== null && this.scenes.at(-1)?.shots.length === 0)
      this.addShot({ prompt: this.heading }, ['The script shows nothing here but the heading of the scene.']);
  }

  private addShot(shot: Pick<DraftShot, 'prompt' | 'card'>, comments: readonly string[] = []): OpenShot {
    const scene = this.scenes.at(-1) ?? { id: null, title: null, comments: [], shots: [] };
    if (this.scenes.length === 0) this.scenes.push(scene);
    const number = ++this.shots;
    const id = this.shotIds.take(
      firstWords((shot.prompt ?? shot.card ?? '').replace(/\([^()]*\)/g, ' '), 4),
      `shot-${number}`,
    );
    const transition = this.takeTransition(number === 1);
    const open: OpenShot = {
      ...{ id, comments: [...this.takeComments(), ...comments], ...shot },
      ...(transition === null ? {} : { transition }),
      ...{ dialogue: [], seconds: 0, fields: {} },
    };
    scene.shots.push(open);
    return open;
  }

  private addCentred(text: string): void {
    // The letters that the built-in font has for certain; others would need a font that only the author can choose.
    if (text.length <= 500 && /^[\u0020-\u007e\u00a0-\u024f\u2013-\u2026]*$/.test(text))
      this.addShot({ card: text });
    else for (const prompt of splitText(text, LONGEST_PROMPT)) this.addShot({ prompt });
  }

  /** Stands under the heading that it tells of, or before what follows. */
  private addSynopsis(text: string): void {
    const scene = this.scenes.at(-1);
    (scene?.shots.length === 0 ? scene.comments : this.comments).push(text);
  }

  private addTransition(words: string, start: number): void {
    const is = transitionOf(words);
    const before = this.transition;
    // FADE OUT. FADE IN: is one fade.
    if (before !== null && before.is !== null && is?.type === before.is.type) return;
    if (before !== null) this.comments.push(before.words);
    this.transition = { words: plain(words), is, start };
  }

  /** A cut is what happens anyway; what a storyboard has no word for is for the author to see. */
  private takeTransition(isFirst: boolean): DraftTransition | null {
    const { transition } = this;
    this.transition = null;
    if (transition === null) return null;
    const { words, is } = transition;
    if (is !== null && (!isFirst || is.type === 'fade')) return is;
    if (is !== null) this.opening = transition;
    if (!isPlainCut(words)) this.comments.push(words);
    return null;
  }

  private addDialogue({ cue, isDual, lines }: Dialogue): void {
    const [, name = cue, how = ''] = /^([^(]*)(.*)$/s.exec(cue) ?? [];
    const comments = [how.trim(), isDual ? 'at the same time' : ''].filter(
      text => text !== '' && !/^\(cont[’'.]?d\.?\)$/i.test(text),
    );
    const speaker = properName(name).slice(0, LONGEST_SPEAKER).trim();
    if (speaker !== '') this.characters.add(speaker);
    this.addLines(lines, speaker === '' ? null : speaker, comments);
  }

  private addLines(lines: readonly Spoken[], speaker: string | null, how: readonly string[]): void {
    let comments = [...how];
    for (const { kind, text } of lines) {
      if (kind === 'parenthetical') {
        comments.push(plain(text));
        continue;
      }
      for (const piece of splitText(plain(text), LONGEST_LINE)) {
        const line = { text: piece, speaker, comments };
        comments = [];
        this.shotFor(line).dialogue.push(line);
      }
    }
    if (comments.length > 0) this.comments.push(...comments.map(text => `${speaker ?? ''} ${text}`.trim()));
  }

  /** The shot before, while it has time for the line; else one more of who speaks. */
  private shotFor(line: DraftLine): OpenShot {
    const seconds = secondsOf(line);
    const last = this.scenes.at(-1)?.shots.at(-1);
    // A card is for reading; and what comes after a transition is another shot.
    const open = last?.card === undefined && this.transition === null ? last : undefined;
    const shot =
      open !== undefined && open.seconds + seconds <= SHOT_SECONDS.longest
        ? open
        : this.addSpeaker(line, open);
    shot.seconds += seconds;
    const needed = Math.ceil(shot.seconds);
    if (needed > SHOT_SECONDS.usual) shot.fields.duration = needed;
    return shot;
  }

  private addSpeaker({ speaker }: DraftLine, before: OpenShot | undefined): OpenShot {
    const why =
      before === undefined
        ? 'The script has words and no action here: say what is seen.'
        : 'Its dialogue is too long for one shot: say what is seen while it goes on.';
    return this.addShot({ prompt: speaker === null ? 'Somebody speaks' : `${speaker} speaks` }, [why]);
  }

  private takeComments(): string[] {
    const { comments } = this;
    this.comments = [];
    return comments;
  }
}
