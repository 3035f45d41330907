/** What is wrong with the files that a storyboard names. */
export const FILE_ERRORS = {
  'file-missing': {
    means: 'there is no such file',
    why: 'The shots that use it could not be rendered.',
    mend: 'Correct the path. It is relative to the file that names it, not to the folder you are in; upper and lower case count.',
    example: `
  version: 1
- characters: { mira: { videos: [mira.mp4] } }
+ characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'file-unreadable': {
    means: 'a file is there, and cannot be read as what it should be',
    why: 'It is a folder, empty, locked, damaged, or of another kind than this field takes. The render would end in the middle.',
    mend: 'Play it, or open it. Videos are MP4, MOV, MKV or WebM; pictures PNG, JPEG, WebP or BMP; sounds WAV, MP3, M4A, FLAC or Ogg; fonts TTF, OTF or WOFF.',
    example: `
  version: 1
  shots:
    - id: harbour
-     clip: refs/bo.png
+     still: refs/bo.png
`,
  },
  'file-outside': {
    means: 'a file lies outside of the project, or is named by an absolute path',
    why: 'A storyboard from somebody else must not be able to upload your private files, and a project must work on another machine.',
    mend: 'Copy the file into the project, and name it relative to the storyboard. The project is the nearest folder with a `.storyreel`, else with a `.git`.',
    example: `
  version: 1
- characters: { mira: { videos: [/home/ada/mira.mp4] } }
+ characters: { mira: { videos: [refs/mira.mp4] } }
  shots:
    - id: arrival
      prompt: "{mira} walks along the sea wall"
`,
  },
  'file-is-url': {
    means: 'an address stands where a file of the project belongs, or one that is not fetched from',
    why: 'What is at an address can change or disappear, and the same storyboard would no longer give the same film.',
    mend: 'Download it, and name its path. References alone, what models are shown, may be at an address: it is https, without a password, and what is found there is pinned by the lock file.',
    example: `
  version: 1
  shots:
    - id: harbour
-     still: https://example.com/bo.png
+     still: refs/bo.png
`,
  },
};
