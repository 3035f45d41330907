/** What is wrong with shots, and with what they ask of their model. */
export const SHOT_ERRORS = {
  'scenes-and-shots': {
    means: 'a storyboard has both `scenes` and `shots`',
    why: 'Nobody can tell in which order they follow each other.',
    mend: 'Move the shots into a scene of their own.',
    example: `
  version: 1
  scenes:
    - id: harbour
      shots:
        - id: opening
          card: { title: The Salt Road }
- shots:
-   - id: ending
-     card: { title: The end }
+       - id: ending
+         card: { title: The end }
`,
  },
  'duplicate-id': {
    means: 'two shots, or two scenes, have the same id',
    why: 'Ids name clips, locks and the shots of `--only`. Upper and lower case count as the same, because some file systems know no difference.',
    mend: 'Give one of them another id. That costs nothing: an id is in no clip’s key.',
    example: `
  version: 1
  shots:
    - id: title
      card: { title: The Salt Road }
-   - id: title
+   - id: ending
      card: { title: The end }
`,
  },
  'reserved-id': {
    means: 'an id is the name of a device on Windows, such as `con` or `aux`',
    why: 'Ids name files, and Windows can write no file of that name.',
    mend: 'Choose another id.',
    example: `
  version: 1
  shots:
-   - id: con
+   - id: the-con
      card: { title: The con }
`,
  },
  'empty-prompt': {
    means: 'a prompt holds nothing but blanks',
    why: 'The model would invent the shot, and charge for it.',
    mend: 'Say what happens in the shot. For a placeholder, use a `card`: it costs nothing.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      references: [mira]
-     prompt: " "
+     prompt: "{mira} walks along the sea wall"
`,
  },
  'prompt-brace': {
    means: 'a brace in a prompt is not closed, or holds no name',
    why: '`{name}` stands for a reference. Half of it would reach the model as a stray brace, and the reference would be missing.',
    mend: 'Close the brace behind the name. `{{` writes a brace itself.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      references: [mira]
-     prompt: "{mira walks along the sea wall"
+     prompt: "{mira} walks along the sea wall"
`,
  },
  'no-such-take': {
    means: '`pick` names a take that the shot does not have',
    why: 'The film would have a hole.',
    mend: 'Raise `takes`, or pick one that there is.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     takes: 2
+     takes: 3
      pick: 3
`,
  },
  'two-seeds': {
    means: 'a shot has a `seed`, and seeds for each of its takes',
    why: 'Only one of them can count.',
    mend: 'Keep `takes: { seeds: [...] }`, or a `seed` with a number of takes: take n is then rendered with seed + n − 1.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     seed: 7
      takes: { seeds: [7, 11, 42] }
`,
  },
  'unknown-shot': {
    means: 'a shot takes a picture or a clip from a shot that does not exist',
    why: 'There is nothing to take it from.',
    mend: 'Correct the id after `from`, or add that shot.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
    - id: meeting
      prompt: "{mira} stops"
-     image: { from: arival, at: last }
+     image: { from: arrival, at: last }
`,
  },
  'not-rendered': {
    means: 'a shot takes a picture or a clip from a `clip`, a `still` or a `card`',
    why: 'Only what a model renders has takes to choose from; a file is there already.',
    mend: 'Name the file itself.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: opening
      card: { title: The Salt Road }
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     image: { from: opening }
`,
  },
  'continuity-cycle': {
    means: 'shots take pictures from each other in a circle',
    why: 'Each would have to be rendered before the other.',
    mend: 'Take one `from` out of the circle.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     image: { from: meeting, at: first }
    - id: meeting
      prompt: "{mira} stops"
      image: { from: arrival, at: last }
`,
  },
  'misplaced-input': {
    means: 'something under `inputs` has a place of its own in the shot',
    why: 'The same thing said in two places can contradict itself, and the plan would not see it.',
    mend: 'Write it as a field of the shot.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     inputs: { duration: 4 }
+     duration: 4
`,
  },
  'unknown-input': {
    means: 'the model takes no input of that name',
    why: 'The service would refuse the request, or pass over what you asked for and charge for the rest.',
    mend: 'Correct the name, or remove it. `storyreel models` lists what each model takes.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     inputs: { camera_fixed: true }
`,
  },
  'unknown-model': {
    means: 'there is no model of that name',
    why: 'storyreel sends only what it can check and price, so it must know the model.',
    mend: 'Correct the name; `storyreel models` lists those that are known. Without `model`, the shot takes the usual one.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
-     model: wan-2.7
+     model: alibaba/wan-2.7/reference-to-video
`,
  },
};
