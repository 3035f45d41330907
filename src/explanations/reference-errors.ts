/** What is wrong with what shots share: casts, variables and references. */
export const REFERENCE_ERRORS = {
  'include-cycle': {
    means: 'files include each other in a circle',
    why: 'Each would have to be read before the other.',
    mend: 'Take one `include` out of the circle. What both files need goes into a third one.',
    example: `
cast.yaml
- include: [storyboard.yaml]
  characters: { mira: { videos: [refs/mira.mp4] } }
storyboard.yaml
  version: 1
  include: [cast.yaml]
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'include-conflict': {
    means: 'two included files say different things of the same default, style or variable',
    why: 'Which of them counted would depend on the order in which they are named.',
    mend: 'Say it in the file that includes both: what a file says itself goes before what it includes.',
    example: `
storyboard.yaml
  version: 1
  include: [day.yaml, night.yaml]
+ style: overcast, muted teal
  shots:
    - id: opening
      card: { title: The Salt Road }
day.yaml
  style: overcast, muted teal
night.yaml
  style: neon on wet asphalt
`,
  },
  'unknown-variable': {
    means: 'a text has `${name}`, and no variable has that name',
    why: 'The text would go to the model, or into the picture, with the braces in it.',
    mend: 'Name it under `variables`, or correct the name. `{name}`, without the dollar sign, is a reference; `$${` is a dollar sign before a brace.',
    example: `
  version: 1
  variables: { client: Harbour & Sons }
  shots:
    - id: opening
-     card: { title: "For \${klient}" }
+     card: { title: "For \${client}" }
`,
  },
  'duplicate-name': {
    means: 'a character, prop or location has a name that another one has already',
    why: 'They share one set of names, since a prompt says only `{name}`. In included files the same name must be the same thing.',
    mend: 'Give one of them another name, or keep one of them.',
    example: `
  version: 1
  characters: { harbour: { videos: [refs/bo.mp4] } }
- locations: { harbour: { videos: [refs/harbour.mp4] } }
+ locations: { port: { videos: [refs/harbour.mp4] } }
  shots:
    - id: arrival
-     prompt: "{harbour} looks at the water"
+     prompt: "{harbour} looks at the water of {port}"
`,
  },
  'no-media': {
    means: 'there is nothing to show of a character, prop or location',
    why: 'It has no `videos` and no `image`, or not the image that `{name.image}` asks for: the model would have nothing to keep its looks by, and it would be somebody else in each shot.',
    mend: 'Give it footage or a picture; or say in words what it looks like, with `{name:description}`.',
    example: `
  version: 1
  characters:
-   mira: { description: a salt trader in a grey coat }
+   mira: { description: a salt trader in a grey coat, videos: [refs/mira.mp4] }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'no-description': {
    means: 'a prompt has `{name:description}`, and there is no `description`',
    why: 'There are no words to put in its place.',
    mend: 'Give the reference a `description`, or write `{name}` to show it.',
    example: `
  version: 1
  characters:
-   mira: { videos: [refs/mira.mp4] }
+   mira: { videos: [refs/mira.mp4], description: a salt trader }
  shots:
    - id: arrival
      prompt: "{mira}, {mira:description}, walks along the sea wall"
`,
  },
  'unseen-reference': {
    means: 'a shot names a reference that its model cannot be shown',
    why: 'Text-to-video takes no references, and image-to-video one picture: the name would go into the prompt as a mere word, for money.',
    mend: 'Say in words what it looks like, with `{name:description}`; or choose a model that takes references.',
    example: `
  version: 1
  defaults: { model: alibaba/wan-2.7/text-to-video }
  characters:
    mira: { videos: [refs/mira.mp4], description: a salt trader }
  shots:
    - id: arrival
-     prompt: "{mira} walks along the sea wall"
+     prompt: "{mira:description} walks along the sea wall"
`,
  },
  'unknown-reference': {
    means: 'a shot names a reference that does not exist',
    why: 'The model would be told of somebody whom it has never seen.',
    mend: 'Correct the name, or add it under `characters`, `props` or `locations`.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
-     prompt: "{mria} walks along the sea wall"
+     prompt: "{mira} walks along the sea wall"
`,
  },
  'reference-count': {
    means: 'a shot brings no reference video, or more than its model takes',
    why: 'A reference-to-video model makes its clip of the footage that it is given; the service refuses a request with none or too many.',
    mend: 'Name a reference that has a video in the prompt, as `{name}` or under `references`; or split the shot in two.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
-     prompt: Somebody walks along the sea wall
+     prompt: "{mira} walks along the sea wall"
`,
  },
  'two-images': {
    means: 'a shot would have two still images',
    why: 'The request has room for one: the shot’s own `image`, or that of the one reference that brings one.',
    mend: 'Leave one of them out, or give one of the references a video alone.',
    example: `
  version: 1
  characters: { bo: { videos: [refs/bo.mp4], image: refs/bo.png } }
  shots:
    - id: meeting
      prompt: "{bo} waits under the crane"
-     image: refs/bo.png
`,
  },
};
