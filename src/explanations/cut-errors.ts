/** What is wrong with how shots become a film. */
export const CUT_ERRORS = {
  'two-sources': {
    means: 'a shot has two of `clip`, `still` and `card`',
    why: 'A shot shows one thing at a time.',
    mend: 'Keep one of them, or make two shots.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     still: refs/bo.png
`,
  },
  'idle-field': {
    means: 'a field does nothing in a shot of this kind',
    why: 'It would look as if it did something. A `clip`, a `still` or a `card` is not rendered by a model, so that a prompt or a seed is of no use there; and a card has no sound to `mute`.',
    mend: 'Remove the field. To render the shot, remove the `clip`, `still` or `card` and give it a `prompt`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     seed: 7
`,
  },
  'cut-duration': {
    means: 'a transition of the type `cut` has a duration',
    why: 'A cut goes from one frame to the next and takes no time.',
    mend: 'Remove `duration`, or choose a type that takes time, such as `dissolve`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
    - id: ending
      card: { title: The end }
-     transition: { type: cut, duration: 0.5 }
+     transition: { type: dissolve, duration: 0.5 }
`,
  },
  'nothing-before': {
    means: 'the first shot has a transition that needs a shot before it',
    why: 'There is nothing to dissolve or wipe from.',
    mend: 'Use `fade`, which comes from black or another colour, or `fade_in` of the `cut`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     transition: { type: dissolve }
+     transition: { type: fade }
`,
  },
  'no-color': {
    means: 'a transition has a `color`, and goes through none',
    why: 'Only a `fade` passes through a colour; the others blend two pictures.',
    mend: 'Remove `color`, or choose `fade`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
    - id: ending
      card: { title: The end }
-     transition: { type: dissolve, color: white }
+     transition: { type: fade, color: white }
`,
  },
  'transition-too-long': {
    means: 'transitions and fades need more of a shot than it has',
    why: 'Each takes its time from the shots on both sides of it; together they may not be longer than the shot.',
    mend: 'Shorten the transition, or make the shot longer.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
      duration: 1
    - id: ending
      card: { title: The end }
-     transition: { type: dissolve, duration: 2 }
+     transition: { type: dissolve, duration: 0.5 }
`,
  },
  'trim-empty': {
    means: 'a trim ends before it starts',
    why: 'Nothing of the clip would be left.',
    mend: '`start` and `end` are both seconds of the clip, counted from its beginning; `end` is the later one.',
    example: `
  version: 1
  shots:
    - id: harbour
      clip: refs/harbour.mp4
-     trim: { start: 2, end: 1 }
+     trim: { start: 1, end: 2 }
`,
  },
  'trim-too-long': {
    means: 'a trim starts or ends behind the end of the clip',
    why: 'The clip has no frames there.',
    mend: 'Trim within the length that the message names. `hold` keeps the last frame for longer, `speed` slows the clip down.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
      duration: 4
-     trim: { start: 1, end: 6 }
+     trim: { start: 1, end: 4 }
+     hold: 2
`,
  },
  'one-of-two': {
    means: 'a watermark has both a `text` and an `image`, or neither',
    why: 'It shows one of them.',
    mend: 'Keep one of them. For a logo with words, draw both into the picture.',
    example: `
  version: 1
- cut: { watermark: { text: Confidential, image: refs/bo.png } }
+ cut: { watermark: { text: Confidential } }
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'size-too-small': {
    means: 'a deliverable is smaller than its codec can hold',
    why: 'DNxHR begins at 256×120: the encoder would refuse it when all else is done.',
    mend: 'Give it a larger `size`, or another `codec`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
  deliverables:
-   editorial: { codec: dnxhr, size: 160x90 }
+   editorial: { codec: dnxhr, size: 1280x720 }
`,
  },
  'no-glyph': {
    means: 'no font has a letter of a text that is drawn into the picture',
    why: 'The film would show a dot in its place. The built-in font has Latin, Greek, Cyrillic and Vietnamese. Titles and prompts on the boards of an animatic are not checked: there a dot is no harm.',
    mend: 'Name a font that has the letter under `fonts`, or write the text otherwise.',
    example: `
  version: 1
  shots:
    - id: opening
-     card: { title: 塩の道 }
+     card: { title: Shio no Michi }
`,
  },
  'line-order': {
    means: 'a line of dialogue begins before the one before it has ended, or ends before it begins',
    why: 'Subtitles follow each other; two at once cannot be read.',
    mend: 'Put the lines in the order in which they are spoken, and let one end before the next begins.',
    example: `
  version: 1
  shots:
    - id: harbour
      clip: refs/harbour.mp4
      dialogue:
        - { text: Where is the salt?, start: 0, end: 1.5 }
-       - { text: In the chest., start: 1 }
+       - { text: In the chest., start: 1.5 }
`,
  },
  'never-shown': {
    means: 'a lower third or a line of dialogue begins when its shot is over',
    why: 'Nobody would ever see it. Its times are seconds after the beginning of its shot, and it ends with the shot, or where a transition brings the next one.',
    mend: 'Let it begin earlier, make the shot longer, or move it to the shot that is there at that time.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
      duration: 2
-     lower_third: { title: The harbour, start: 3 }
+     lower_third: { title: The harbour, start: 1 }
`,
  },
  'sound-unheard': {
    means: 'nothing of a sound can be heard in the film',
    why: 'Music starts behind its own end, or a voice is to begin when the film is over. The film would be without it, and nobody would know.',
    mend: '`start` of music is seconds of its own file; `offset` of a voice is seconds after the beginning of its shot, or of its scene.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     voice: { file: refs/voice.wav, offset: 9 }
+     voice: { file: refs/voice.wav, offset: 0.5 }
`,
  },
};
