/** What this machine lacks or refuses. */
export const MACHINE_FAILURES = {
  'ffmpeg-missing': {
    means: 'there is no ffmpeg',
    mend: 'Install ffmpeg 5.1 or newer, or set STORYREEL_FFMPEG to its path. On Linux x64 `npm ci` brings one along.',
  },
  'ffmpeg-broken': {
    means: 'the program that was found is no ffmpeg, or does not start',
    mend: 'Run it with `-version` to see what it says; `storyreel doctor` tells which one is used.',
  },
  'ffmpeg-too-old': {
    means: 'ffmpeg is older than 5.1, or than a transition that the storyboard names',
    mend: 'Install a newer one, or set STORYREEL_FFMPEG to it.',
  },
  'ffmpeg-incomplete': {
    means:
      'ffmpeg was built without a filter that the film needs, such as `zscale` for HDR and other wide colours',
    mend: 'Set STORYREEL_FFMPEG to a full one (`ffmpeg -filters` lists what it has), or convert that clip to BT.709 elsewhere.',
  },
  'no-git': {
    means: 'git was not found',
    mend: 'Install it: `diff --base` reads a commit with it. Without it, `diff OLD NEW` compares two files.',
  },
  'git-failed': {
    means: 'git ended with an error; its words are in the message',
    mend: 'Run the same git command by hand, and mend what it says.',
  },
  'no-repository': {
    means: '`diff --base` was asked for a folder that is in no git repository',
    mend: 'Run `git init` and commit, or compare two files with `diff OLD NEW`.',
  },
  'no-commit': {
    means: 'git knows no commit of that name',
    mend: 'Fetch it first; a shallow clone lacks most of them (`fetch-depth` in continuous integration).',
  },
  'no-picture': {
    means: 'a clip has no picture at that moment',
    mend: 'It is damaged, or shorter than it says: `storyreel cache verify` tells.',
  },
  'ffmpeg-failed': {
    means: 'ffmpeg ended with an error; its last lines are in the message',
    mend: 'Most often a clip is damaged (`storyreel cache verify` tells) or the ffmpeg lacks x264 or AAC (`storyreel doctor` tells).',
  },
  'disk-full': {
    means: 'the disk, or your share of it, is full',
    mend: 'Free some space: `storyreel cache prune` lists what can go. Then run the same command again; what is finished or paid for is kept.',
  },
  'not-permitted': {
    means: 'a file or folder may not be read or written by you',
    mend: 'Change its permissions, or choose other places with --out and --store.',
  },
  'not-found': {
    means: 'there is no such file or folder',
    mend: 'Check the path; it is relative to the folder you are in.',
  },
  'not-readable': {
    means: 'the storyboard cannot be read: it is a folder, a pipe, or not yours',
    mend: 'Name a file that you can open.',
  },
  'not-a-folder': {
    means: 'a part of a path is a file where a folder should be',
    mend: 'Choose another path, or move the file away.',
  },
  'is-a-folder': {
    means: 'a folder stands where a file should be',
    mend: 'Name a file, or move the folder away.',
  },
  exists: {
    means: 'something of that name is there already',
    mend: 'Move it away, or choose another name.',
  },
  'link-loop': {
    means: 'symbolic links lead in a circle',
    mend: 'Put the file itself in the place of the link.',
  },
  'name-too-long': {
    means: 'a path is longer than the file system takes',
    mend: 'Shorten the names of folders, ids or variables’ values.',
  },
  'too-many-files': {
    means: 'the system lets no more files be opened, or watched, at once',
    mend: 'Lower --concurrency, or raise the limit with `ulimit -n`; for `--watch` on Linux, `sysctl fs.inotify.max_user_watches`.',
  },
  'io-error': {
    means: 'the disk reported an error',
    mend: 'Check the disk. Then run the same command again; what is finished or paid for is kept.',
  },
  'store-in-use': {
    means: 'another storyreel works with the store, and this command needs it alone',
    mend: 'Wait until the other one has ended.',
  },
  'journal-busy': {
    means: 'another process has held the journal for half a minute',
    mend: 'Wait for the other storyreel, or end it, then run the same command again.',
  },
  'journal-broken': {
    means: 'the journal, which says what was bought, is damaged',
    mend: 'Restore `.storyreel/journal.db` from a backup. Without one, move it away, and `journal.db-wal` and `-shm` beside it, and run `storyreel reconcile`: it lists what the service knows of the last days.',
  },
  'journal-newer': {
    means: 'the journal was written by a newer storyreel',
    mend: 'Use that version: an older one could overlook what was paid for.',
  },
};
