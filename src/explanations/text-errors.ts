/** What is wrong with a file before anybody looks at what it says. */
export const TEXT_ERRORS = {
  'file-too-large': {
    means: 'the file is larger than 16 MB',
    why: 'A storyboard of 80,000 shots is smaller. What is larger is something else: a video, or a file made to stop whoever reads it.',
    mend: 'Name the storyboard itself. One that is really so long is better told in several storyboards that `include` a cast.',
    example: null,
  },
  'not-text': {
    means: 'the file is not text in UTF-8',
    why: 'In another encoding the letters beyond a to z become others, and so would the prompt that you pay for.',
    mend: 'Save the file as UTF-8. Of a video or a picture, write the path and not the content.',
    example: `
  version: 1
- title: The K�ste
+ title: The Küste
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'nested-too-deep': {
    means:
      'values stand inside of each other more than 64 deep, or files include each other more than 32 deep',
    why: 'Nothing in a storyboard goes that deep, and reading it could use up the memory.',
    mend: 'Look for brackets that nobody closed, or for a file that was generated wrongly.',
    example: `
  version: 1
- title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
+ title: The Salt Road
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  empty: {
    means: 'the file holds nothing, or only comments',
    why: 'A film needs at least one shot.',
    mend: 'Write `version: 1` and `shots`. `storyreel init DIR` makes a project to start from.',
    example: `
  # The Salt Road
+ version: 1
+ shots:
+   - id: opening
+     card: { title: The Salt Road }
`,
  },
  'several-documents': {
    means: 'the file holds several YAML documents, divided by `---`',
    why: 'One file is one film. Whatever stands behind the line would be passed over.',
    mend: 'Remove the line and what follows it, or make a file of its own of that.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
- ---
- version: 1
- shots:
-   - id: ending
-     card: { title: The end }
+   - id: ending
+     card: { title: The end }
`,
  },
  'yaml-syntax': {
    means: 'the text is not YAML',
    why: 'Nobody can tell what stands where, so nothing behind the place is looked at. Most often a text needs quotes: because it begins with `{`, holds `: ` or ` #`, or has a comma inside of braces.',
    mend: 'Look at the place, and at the line above it. Put double quotes around texts, indent with blanks and not with tabs, and keep what belongs together in one column.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
-     prompt: {mira} walks along the sea wall
+     prompt: "{mira} walks along the sea wall"
`,
  },
  'yaml-version': {
    means: 'the file says that it is YAML of another version than 1.2',
    why: 'In YAML 1.1 `no` is false and `1:30` is ninety. storyreel reads 1.2 only, where they are text.',
    mend: 'Remove the line.',
    example: `
- %YAML 1.1
- ---
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'yaml-tag': {
    means: 'a value has a tag, as in `!film`, that means nothing here',
    why: 'Tags ask the reader to make something else of a value. A storyboard holds text, numbers, true and false, lists and maps.',
    mend: 'Remove the tag. If the `!` belongs to the text, put quotes around the text.',
    example: `
  version: 1
- title: !film The Salt Road
+ title: The Salt Road
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'yaml-alias': {
    means: 'an alias, as in `*look`, leads nowhere, into itself, or to far too much',
    why: 'An alias repeats what stands at its anchor, `&look`, further up. Without one there is nothing to repeat; inside its own anchor it would never end; and a few lines of aliases can stand for millions of values.',
    mend: 'Set the anchor above the alias, with the same name. What all shots share needs no alias: write it under `defaults`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     transition: { type: fade }
+     transition: &slow { type: fade }
    - id: ending
      card: { title: The end }
      transition: *slow
`,
  },
  'yaml-key': {
    means: 'a key is a list or a map',
    why: 'Every key of a storyboard is a name.',
    mend: 'Write the name alone. A text that begins with `{` or `[` needs quotes.',
    example: `
  version: 1
- [title]: The Salt Road
+ title: The Salt Road
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'duplicate-key': {
    means: 'the same key stands twice in one place',
    why: 'Only one of them could count, and nobody sees which.',
    mend: 'Keep one of them.',
    example: `
  version: 1
- title: Salt
  title: The Salt Road
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'forbidden-key': {
    means: 'a key is named `__proto__`',
    why: 'It means nothing in a storyboard, and programs that read one carelessly can be misled by it.',
    mend: 'Remove it, or choose another name.',
    example: `
  version: 1
  variables:
-   __proto__: Harbour & Sons
+   client: Harbour & Sons
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'not-a-number': {
    means: 'a number is infinite, or `.nan`',
    why: 'No length, seed or price can be that.',
    mend: 'Write the number itself. To have no limit, leave the field out.',
    example: `
  version: 1
- budget: .inf
+ budget: 40
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
};
