// The import rules of CONTRIBUTING.md: data moves one way, and each outside package has one door.
const PURE = '^src/(storyboard|model|plan|import|explanations)/';

/** @param {string} name @param {string} packages @param {string} door */
const onlyDoor = (name, packages, door) => ({
  name,
  severity: 'error',
  from: { pathNot: door },
  to: { path: `node_modules/(${packages})/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, pathNot: '^src/cli\\.ts$' }, to: {} },
    {
      name: 'pure-stages-touch-no-world',
      comment:
        'No file system, process, clock, randomness or network: hashing is the one thing of Node they need.',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'pure-stages-import-only-each-other',
      severity: 'error',
      from: { path: PURE },
      to: { path: '^src/', pathNot: [PURE, '^src/failure\\.ts$'] },
    },
    {
      name: 'only-commands-print',
      severity: 'error',
      from: { pathNot: '^src/(commands|terminal|cli\\.ts)' },
      to: { path: '^src/(terminal|commands)/' },
    },
    {
      name: 'stages-do-not-look-back',
      comment: 'Lower stages know nothing of those that use them.',
      severity: 'error',
      from: { path: '^src/(network|store|media|provider)/' },
      to: { path: '^src/(project|render|cut|commands)/', pathNot: [] },
    },
    {
      name: 'explanations-are-read-when-asked-for',
      comment: 'Whoever makes a diagnostic needs the types alone: no start waits for texts.',
      severity: 'error',
      from: {
        pathNot:
          '^src/(explanations/|commands/(explain|completion)\\.ts$|terminal/format-explanations\\.ts$)',
      },
      to: { path: '^src/explanations/', dependencyTypesNot: ['type-only'] },
    },
    onlyDoor('one-door-to-ffmpeg', 'fluent-ffmpeg', '^src/media/run-ffmpeg\\.ts$'),
    onlyDoor('one-door-to-probing', 'mediabunny', '^src/media/read-headers\\.ts$'),
    onlyDoor('one-door-to-drawing', 'satori|@resvg/resvg-js|bidi-js', '^src/media/'),
    onlyDoor('one-door-to-the-network', 'got|ipaddr.js', '^src/(network|provider/wavespeed)/'),
    {
      name: 'one-door-to-sockets',
      severity: 'error',
      from: { pathNot: '^src/(network|provider/wavespeed)/' },
      to: { dependencyTypes: ['core'], path: '^(node:)?(https?|http2|net|tls|dns)$' },
    },
    {
      name: 'one-door-to-each-program',
      comment: 'ffmpeg and git.',
      severity: 'error',
      from: { pathNot: '^src/(media/(run-)?ffmpeg|project/git)\\.ts$' },
      to: { dependencyTypes: ['core'], path: '^(node:)?child_process$' },
    },
    onlyDoor('one-door-to-sqlite', 'libsql', '^src/store/'),
    onlyDoor('one-door-to-listr2', 'listr2', '^src/terminal/'),
    onlyDoor('few-owners-of-concurrency', 'p-limit', '^src/(render/|cut/|project/footage.ts$)'),
    onlyDoor(
      'few-doors-to-yaml',
      'yaml',
      '^src/(storyboard/(parse-yaml|nesting|print-yaml|yaml-tree|format-storyboard)|import/write-storyboard|store/lock-file)\\.ts$',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
