/** What an author most likely did not mean. It is rendered all the same. */
export const WARNINGS = {
  'unused-reference': {
    means: 'no shot uses a character, prop or location',
    why: 'Its name may be written in plain words, or misspelt, where `{name}` was meant; or its shots are gone.',
    mend: 'Name it in a prompt, as `{name}`, or remove it. One of an included file is not told of: a cast may be larger than one film.',
    example: `
  version: 1
- characters: { mira: { videos: [refs/mira.mp4] }, bo: { videos: [refs/bo.mp4] } }
+ characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'written-token': {
    means: 'a prompt says “Video 2”, or what else the model calls its references, by hand',
    why: 'The number is the place of the reference in the request. It moves when the prompt names them in another order, and then means somebody else.',
    mend: 'Write `{name}`: it always becomes the right number.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] }, bo: { videos: [refs/bo.mp4] } }
  shots:
    - id: meeting
-     prompt: "{mira} waves to Video 2"
-     references: [bo]
+     prompt: "{mira} waves to {bo}"
`,
  },
  'plain-name': {
    means: 'a prompt has the name of a character without its braces',
    why: 'The word means nothing to the model: it would invent somebody.',
    mend: 'Write `{name}`. If you mean the word, as in a title on a wall, leave it: it is only a warning.',
    example: `
  version: 1
  characters: { mira: { videos: [refs/mira.mp4] }, bo: { videos: [refs/bo.mp4] } }
  shots:
    - id: meeting
-     prompt: "{mira} waves to Bo"
+     prompt: "{mira} waves to {bo}"
    - id: alone
      prompt: "{bo} waits under the crane"
`,
  },
  'many-references': {
    means: 'a shot uses more reference videos than the model is sure to take',
    why: 'The service says two things about the limit, and may refuse the shot; and the more it shows at once, the less it keeps them apart.',
    mend: 'Show fewer of them in one shot, or leave out those that are only in the background.',
    example: `
  version: 1
  characters:
    mira: { videos: [refs/mira.mp4] }
    bo: { videos: [refs/bo.mp4] }
  props: { chest: { videos: [refs/chest.mp4, refs/lid.mp4] } }
  locations: { harbour: { videos: [refs/harbour.mp4] } }
  shots:
-   - id: all
-     prompt: "{mira} and {bo} carry {chest} along the quay of {harbour}"
+   - id: the-chest
+     prompt: "{mira} and {bo} carry {chest}"
+   - id: the-quay
+     prompt: Wide over {harbour}
`,
  },
  'reference-limits': {
    means:
      'a reference is too short, too long, too large, or of another format than its model is known to take',
    why: 'The service would refuse it after it was sent, and the shot would fail. What it takes is known by hearsay: a warning stops nothing.',
    mend: 'Cut or convert it: videos are MP4 or MOV of 1 to 30 s and at most 100 MB; pictures are JPEG, PNG, BMP or WebP of 240 to 8000 pixels a side and at most 20 MB.',
    example: `
  version: 1
- characters: { mira: { videos: [refs/bo.png] } }
+ characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'reference-unreadable': {
    means: 'a reference is no video and no picture that can be read',
    why: 'It is damaged, or of a kind that no model takes: the service would refuse it, and an animatic could not play it.',
    mend: 'Play it, or open it. Videos are MP4 or MOV; pictures JPEG, PNG, BMP or WebP.',
    example: `
  version: 1
- characters: { mira: { videos: [storyboard.yaml] } }
+ characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'subtitle-too-short': {
    means: 'a subtitle is gone before it can be read',
    why: 'Viewers need 5/6 of a second for any subtitle, and read about 20 letters a second: the figures of Netflix’s Timed Text Style Guide. A subtitle ends with its shot at the latest.',
    mend: 'Make the shot longer (`hold` keeps its last frame), let the line begin earlier or end later, or say it in fewer words.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
      duration: 1
-     dialogue: Where is the salt that we brought over the sea?
+     dialogue: Where is the salt?
`,
  },
  'voice-cut-off': {
    means: 'the film ends before a voice does',
    why: 'A voice may go on into the shots behind its own, and not beyond the last one.',
    mend: 'Begin it earlier, or make a shot longer; `hold` keeps the last frame of one.',
    example: `
  version: 1
  shots:
    - id: opening
      card: { title: The Salt Road }
      duration: 1
-     voice: { file: refs/voice.wav, offset: 0.5 }
+     voice: { file: refs/voice.wav, offset: 0.5 }
+     hold: 1
`,
  },
};
