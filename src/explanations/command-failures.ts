/** What a command was asked, and cannot do as things stand. Nothing was spent. */
export const COMMAND_FAILURES = {
  'invalid-storyboard': {
    means: 'the storyboard has errors, so nothing was planned or rendered',
    mend: 'Mend them; `storyreel check` lists them, each with a code that `storyreel explain` knows.',
  },
  'bad-flag': {
    means: 'a flag has a value that it does not take, or does not go with another one',
    mend: 'The command’s --help shows what it takes.',
  },
  'no-storyboard': {
    means: 'the command needs a storyboard, and none was named',
    mend: 'Name a storyboard, or a folder that holds a `storyboard.yaml`.',
  },
  'no-take': {
    means: '`pick` was given a take that the shot does not have',
    mend: 'Raise its `takes` first; what was rendered before costs nothing.',
  },
  'no-shot': {
    means: 'no shot matches --only',
    mend: 'Name a shot’s id, or `scene/shot`; `harbour/*` means all of a scene. Put quotes around it, or the shell fills in the `*`.',
  },
  'no-profile': {
    means: 'the storyboard has no profile of that name',
    mend: 'Correct --profile, or describe the profile under `profiles`.',
  },
  'no-variable': {
    means: '--set names a variable that no storyboard has',
    mend: 'Correct the name, or name the variable under `variables` first.',
  },
  'no-code': {
    means: '`storyreel explain` knows no such code',
    mend: '`storyreel explain` without a code lists them all.',
  },
  'same-name': {
    means: 'two storyboards would become films of the same name, in one folder',
    mend: 'Rename one of them, or render them apart with different --out folders.',
  },
  'film-of-itself': {
    means: 'a storyboard names a file that its own cut makes, and would replace or take away',
    mend: 'Copy that file to a place of its own and name the copy, or send the film elsewhere with --out.',
  },
  'different-projects': {
    means: 'the storyboards of one command belong to different projects, and so to different stores',
    mend: 'Render them apart, or name one store for all with --store.',
  },
  'different-providers': {
    means: 'the storyboards of one command name different providers',
    mend: 'Choose one for all with --provider, or render them apart.',
  },
  'unknown-provider': {
    means: 'there is no provider of that name',
    mend: '`animatic` draws clips on this machine, `wavespeed` buys them.',
  },
  'unknown-shell': {
    means: 'there is no completion for that shell',
    mend: 'Name bash, zsh or fish.',
  },
  'not-empty': {
    means: '`init` was given a folder that holds something already',
    mend: 'Name a new folder. Nothing was written.',
  },
  'unknown-format': {
    means: '`import` was given a file whose name does not tell what is in it',
    mend: 'Say --format fountain for a screenplay, --format csv for a shot list.',
  },
  'bad-plan': {
    means: 'the file of --plan is no plan that this version has saved',
    mend: 'Make one with `storyreel plan FILE --out PLAN`.',
  },
  'plan-stale': {
    means:
      'something has changed since the plan was saved: the storyboard, a reference, a price, or what was bought',
    mend: 'Make a new plan, read it, and render that. Nothing was submitted.',
  },
  'not-in-plan': {
    means: 'a take would have to be bought that the plan did not name',
    mend: 'Run the same command again for a plan that names its price. Nothing was submitted.',
  },
  'not-confirmed': {
    means: 'money would be spent, and nobody said yes',
    mend: 'Answer the question, or give --yes, or a plan that was saved with `plan --out`.',
  },
  'over-max-cost': {
    means: 'the run would cost more than --max-cost allows',
    mend: 'Raise --max-cost, or render fewer shots with --only.',
  },
  'over-budget': {
    means: 'the storyboard would cost more than its `budget`, with all that was spent on it before',
    mend: 'Raise `budget`, or render fewer shots with --only. `storyreel spend` lists what was spent.',
  },
  'quote-needed': {
    means: 'nobody has told what a take costs',
    mend: 'The model’s file has no prices, and the service quoted none. Run the same command again later, or choose another model.',
  },
  'balance-too-low': {
    means: 'the account at the service has less money than the plan costs',
    mend: 'Top up the account, or render fewer shots with --only.',
  },
  frozen: {
    means: '--frozen builds films from locked clips alone, and some are not locked, changed, or not here',
    mend: 'Render without --frozen first and commit the lock file, or restore lock file and store.',
  },
  'lock-broken': {
    means: 'the lock file cannot be read, most often because of a merge conflict',
    mend: 'Keep both sides of the conflict, or restore the file from git: it names the clips that you have paid for.',
  },
  'film-not-locked': {
    means: '--verify has nothing to compare with: the lock file names no finished film',
    mend: '`storyreel render FILE --lock-film` writes its digests; commit them.',
  },
  'film-differs': {
    means: 'the film is not the one that the lock file names, byte for byte',
    mend: 'The storyboard, a clip, a font or a sound was changed since. Look at the film, then pin it with --lock-film.',
  },
  'other-ffmpeg': {
    means: 'the film was pinned with another version of ffmpeg, which gives other bytes',
    mend: 'Set STORYREEL_FFMPEG to that version, or pin the film again with --lock-film.',
  },
  'segment-wrong': {
    means: 'a piece of the film came out with another number of frames than the cut needs',
    mend: 'The clip is damaged, its picture changes its size midway (encode it again in one size), or this ffmpeg is broken: `storyreel cache verify` and `storyreel doctor` tell.',
  },
  'film-wrong': {
    means:
      'the film did not come out as planned: a piece of it is damaged, was changed while it was joined, or this ffmpeg writes films in a way that is not known here',
    mend: 'Cut again; if that does not help, take the kept pieces away with `storyreel cache prune --delete` first, or name another ffmpeg with STORYREEL_FFMPEG.',
  },
  'several-takes': {
    means: '`resolve` was given a shot of which several takes are held',
    mend: 'Say which one with --take.',
  },
  'changed-meanwhile': {
    means: 'somebody else changed the storyboard while storyreel was about to',
    mend: 'Run the same command again.',
  },
  'shared-text': {
    means: '`pick` cannot change a shot alone, because an alias uses the same text elsewhere',
    mend: 'Write the shot out in the place of the alias.',
  },
  'not-held': {
    means: '`resolve` was given a take that needs no decision',
    mend: '`storyreel status` lists what is held.',
  },
  'nothing-held': {
    means: '`resolve` was given a shot for which nothing was ever ordered',
    mend: '`storyreel status` lists what is held.',
  },
  'in-use': {
    means: 'another process is at work on that take',
    mend: 'Wait until it has ended.',
  },
  'prediction-taken': {
    means: 'that prediction is the clip of another take already',
    mend: 'Look for another one in the dashboard of the service.',
  },
  'reference-unreachable': {
    means: 'a reference is at an address, and what is there could not be fetched',
    mend: 'Correct the address, or try again later; or download the file and name its path. What was fetched once is kept.',
  },
  'reference-refused': {
    means: 'a reference is at an address that is not safe, or is too large',
    mend: 'Download the file yourself, put it beside the storyboard and name its path. References are fetched over https from public addresses alone.',
  },
  'reference-moved-on': {
    means:
      'something else is at the address of a reference than the lock file pins, and the old bytes are not in the store',
    mend: 'Bring the old file back, or another machine’s store; or take the new one with --refresh-references, and render again what shows it.',
  },
  'reference-unpinned': {
    means: '--frozen met a reference at an address that the lock file does not pin',
    mend: 'Render without --frozen first, and commit the lock file.',
  },
};
