/** What is wrong with keys and values, whatever they are about. */
export const SHAPE_ERRORS = {
  'unknown-key': {
    means: 'a key has no meaning where it stands',
    why: 'A misspelt key that was passed over in silence would render the shot without what it says, and you would pay for that.',
    mend: 'Take the name that the message suggests, or look for the field in docs/storyboard.md. Inside of braces a comma ends a text: put quotes around one that has commas. What the API takes beside the fields of a shot goes under `inputs`.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     holdd: 2
+     hold: 2
`,
  },
  'missing-key': {
    means: 'a key that must be there is not',
    why: 'Without it nobody can tell what is meant: what the shot shows, how others name it, or which format the file has.',
    mend: 'Add the key that the message names.',
    example: `
+ version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'wrong-type': {
    means: 'a value is of another kind: text where a number belongs, a map where a list belongs',
    why: 'Lengths are plain numbers of seconds, `videos` is a list even of one, and guessing what was meant would render what nobody wanted.',
    mend: 'Write the kind of value that the message names. A number has no unit and no quotes; a list has brackets, or a line with `- ` for each item; a text that begins with `{` has quotes.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
-     duration: 5s
+     duration: 5
`,
  },
  'wrong-format': {
    means: 'a text does not have the form that is needed here: an id, a colour, a size, a language',
    why: 'Ids become names of files and of flags, so they are kept to what works everywhere. A colour or a size that nobody can read cannot be drawn.',
    mend: 'Write it as the message says: ids in lower case with `-` or `_`, colours as `"#1b2a49"` in quotes, sizes as `1920x1080`.',
    example: `
  version: 1
  shots:
-   - id: Opening Title
+   - id: opening-title
      card: { title: The Salt Road }
`,
  },
  'not-allowed': {
    means: 'a value is none of those that the field takes',
    why: 'The field knows a fixed set of values; any other would be refused later, by the service or by ffmpeg.',
    mend: 'Choose one of the values in the message. `storyreel models` lists what each model takes.',
    example: `
  version: 1
- cut: { fit: stretch }
+ cut: { fit: cover }
  shots:
    - id: opening
      card: { title: The Salt Road }
`,
  },
  'out-of-range': {
    means: 'a number, or the length of a text or list, is too small or too large',
    why: 'The model would refuse the request, or the film could not be cut.',
    mend: 'Stay within the range in the message. `storyreel models` lists the limits of each model.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     duration: 12
+     duration: 10
`,
  },
  'duplicate-item': {
    means: 'a list names the same thing twice',
    why: 'It would be sent, and counted against the model’s limit, twice.',
    mend: 'Keep one of them.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  locations: { harbour: { videos: [refs/harbour.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     references: [harbour, harbour]
+     references: [harbour]
`,
  },
  invalid: {
    means: 'a value breaks a rule of the schema that has no code of its own',
    why: 'The model’s own schema asks for it, and the service would refuse the request.',
    mend: 'The message repeats the rule; `storyreel models` lists what the model takes.',
    example: null,
  },
};
