/** What `import` tells of a screenplay or a shot list. Only the first five keep it from making a storyboard. */
export const IMPORT_PROBLEMS = {
  'nothing-to-import': {
    means: 'there is no scene, no action and no dialogue in a screenplay, or no shot in a shot list',
    mend: 'Name the script itself. A shot list needs a line for each shot below the names of its columns.',
  },
  'script-too-large': {
    means: 'the script is larger than 4 MB, which is more than 2,000 pages',
    mend: 'Name the script itself, and not a video or a picture; import a really long one in parts.',
  },
  'not-a-script': {
    means: 'the file is not text, but a picture, a video, or a document of a word processor',
    mend: 'Export the script as plain text: a screenplay as .fountain, a spreadsheet as .csv.',
  },
  'no-columns': {
    means: 'no line of a shot list names its columns',
    mend: 'Let the first line name them, such as `shot,scene,description,duration,camera,characters,dialogue`.',
  },
  'quote-not-closed': {
    means: 'a field of a shot list begins with a quote that is never closed',
    mend: 'Close it where the field ends; inside of quotes, write "" for a quote.',
  },
  'not-closed': {
    means: 'a note or a boneyard of a screenplay is opened and never closed; it was read as text',
    mend: 'Write `]]` or `*/` where it ends. A note ends with its paragraph.',
  },
  'other-encoding': {
    means: 'the script is not UTF-8, and was read as what Windows used to write',
    mend: 'Look at the letters beyond a to z. Where they are wrong, save the script as UTF-8 and import it again.',
  },
  'unknown-column': {
    means: 'nothing in a storyboard is called like a column of the shot list; its cells became comments',
    mend: 'Give the column a name that is known if it holds something of the kind; otherwise leave it.',
  },
  'extra-field': {
    means: 'a line of the shot list has more fields than there are columns; they became comments',
    mend: 'Put quotes around text that has a comma in it.',
  },
  'not-understood': {
    means: 'a cell of the shot list holds something else than its column says; it became a comment',
    mend: 'Write it as the message says, or set the field in the storyboard.',
  },
  'no-shot-before': {
    means: 'a script begins with a transition that leads from one shot into another; it became a comment',
    mend: 'Leave it out, or fade in. In a shot list a transition leads into the shot of its own line.',
  },
  'clip-too-long': {
    means: 'the shot list gives a shot more time than a clip can have',
    mend: 'Divide the shot. The clip has as much as it can have until then.',
  },
  'nothing-seen': {
    means: 'a line of the shot list does not say what is seen; the shot shows what else the line says',
    mend: 'Write the shot’s `prompt`.',
  },
};
