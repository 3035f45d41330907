import { Command, CommanderError, Option } from 'commander';
import { EXIT, type ExitCode, Failure, systemFailure } from '../failure.ts';
import type { CommandContext } from './context.ts';
import { interruption } from './interruption.ts';
import { printFailure } from './print-failure.ts';
import { TEMPLATES } from './templates.ts';

/** Runs a command line to its exit code. Throws only what is a bug. */
export async function runProgram(
  args: readonly string[],
  version: string,
  context: CommandContext,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = buildProgram(version, context, code => {
    exitCode = code;
  });
  try {
    if (args.length === 0) program.help();
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const failure = systemFailure(interruption(error, context.signal), 'cannot go on');
    if (!(failure instanceof Failure)) throw error;
    await printFailure(failure, context);
    return failure.exitCode;
  }
}

/** Every command with its flags and examples; each loads its code when it is called. */
export function buildProgram(
  version: string,
  context: CommandContext,
  ended: (code: ExitCode) => void,
): Command {
  const program = new Command('storyreel')
    .description('Storyboards as code: check, price, render and cut a film from a YAML storyboard.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError('(run with --help for the flags and examples)')
    .configureOutput({ writeOut: context.terminal.out, writeErr: context.terminal.err })
    .exitOverride();
  program.addHelpText(
    'after',
    `
Examples:
  $ storyreel init my-film            a project that renders at once
  $ storyreel render my-film          the film, drawn on this machine, free of charge
  $ storyreel plan my-film            what would be rendered, why, and what it costs

Exit codes: 0 done, 1 environment, 2 usage or invalid storyboard, 3 some shots failed, 4 outcome unknown,
5 refused before spending, 6 store in use, 10 --detailed-exitcode: something to render, or changed (models --verify: something differs), 130 interrupted.`,
  );
  const command = (signature: string, description: string, examples: readonly string[]): Command =>
    program
      .command(signature)
      .description(description)
      .exitOverride()
      .configureOutput({ writeOut: context.terminal.out, writeErr: context.terminal.err })
      .addHelpText('after', `\nExamples:\n${examples.map(example => `  $ storyreel ${example}`).join('\n')}`);

  command('check <files...>', 'find everything that is wrong with a storyboard; write nothing', [
    'check my-film',
    'check storyboards/*/storyboard.yaml --json',
    'check my-film --format github      annotations on a pull request',
  ])
    .option('--json', 'print the diagnostics as JSON')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'github']))
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./check.ts')).checkCommand(files, flags, context)),
    );

  command('explain [code]', 'tell what a code means, why it is a mistake, and how to mend it', [
    'explain                            every code, with a line about it',
    'explain unknown-reference',
  ])
    .option('--json', 'print it as JSON')
    .action(async (code, flags) =>
      ended((await import('./explain.ts')).explainCommand(code, flags, context)),
    );

  command('plan <files...>', 'show what would be rendered, why, and what it costs; spend nothing', [
    'plan my-film',
    'plan my-film --provider wavespeed  the price of the real film',
    'plan my-film --profile draft       the price of its draft',
    "plan my-film --only 'harbour/*' --json",
    'plan my-film --quote --out plan.json   ask the service, and keep the plan for render --plan',
  ])
    .option('--json', 'print the plan as JSON (schemas/plan.schema.json)')
    .option('--quote', 'ask the service for its prices and the balance')
    .option('--out <file>', 'keep the plan, for render --plan')
    .option('--max-cost <usd>', 'with --fill: what may be spent')
    .addOption(fillOption())
    .addOption(retryOption())
    .addOption(refreshOption())
    .addOption(keyOption())
    .option('--detailed-exitcode', 'exit with 10 if there is something to render')
    .addOption(providerOption())
    .addOption(onlyOption())
    .addOption(storeOption())
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./plan.ts')).planCommand(files, flags, context)),
    );

  command(
    'diff <files...>',
    'show what was changed in a film: between two storyboards, or since a commit; spend nothing',
    [
      'diff old.yaml new.yaml',
      'diff --base main my-film          the files as they are now, with those of the commit that main names',
      'diff --base HEAD^1 my-film --provider wavespeed --markdown   for a pull request',
    ],
  )
    .option('--base <ref>', 'compare with this commit, branch or tag of git')
    .option('--json', 'print it as JSON (schemas/diff.schema.json)')
    .option('--markdown', 'print it as Markdown, for a comment on a pull request')
    .option('--detailed-exitcode', 'exit with 10 if anything was changed')
    .addOption(providerOption())
    .addOption(storeOption())
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./diff.ts')).diffCommand(files, flags, context)),
    );

  command('render [files...]', 'render the takes that are missing and cut the film', [
    'render my-film',
    'render my-film --watch             the animatic, again with every save',
    'render my-film --provider wavespeed --max-cost 20',
    'render my-film --profile draft --set client=Harbour',
    'render my-film --max-cost 20 --fill animatic   the best film for $20',
    "render my-film --only 'harbour/*' --no-cut",
    'render my-film --frozen            from bought clips alone, for a release',
  ])
    .addOption(providerOption())
    .option('-y, --yes', 'spend what the plan says without asking')
    .option('--max-cost <usd>', 'refuse to spend more than this')
    .addOption(fillOption())
    .option('--plan <file>', 'carry out a plan of plan --out exactly, or refuse')
    .option('--concurrency <n>', 'takes rendered at once (default: 3)')
    .option('--wait <time>', 'how long to wait for clips, such as 30m; the next run fetches the others')
    .addOption(retryOption())
    .addOption(refreshOption())
    .addOption(keyOption())
    .addOption(onlyOption())
    .option('--frozen', 'build the film from locked clips alone; refuse anything else')
    .option('--verify', 'with --frozen: make the film twice, and compare it with what --lock-film wrote')
    .addOption(lockFilmOption())
    .option('--no-cut', 'render the clips, make no film')
    .option('--watch', 'render the animatic again whenever a file of it is saved')
    .addOption(strictOption())
    .option('--out <dir>', "where films go (default: out/ in the project's folder)")
    .addOption(storeOption())
    .option('--json', 'print one event a line')
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./render.ts')).renderCommand(files, flags, context)),
    );

  command('cut <files...>', 'make the film again from clips that exist; never renders', ['cut my-film'])
    .addOption(providerOption())
    .addOption(lockFilmOption())
    .addOption(strictOption())
    .option('--out <dir>', "where films go (default: out/ in the project's folder)")
    .addOption(storeOption())
    .option('--json', 'print one event a line')
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./render.ts')).cutCommand(files, flags, context)),
    );

  command('status <files...>', 'show what is rendered, in flight, held or failed, and what was spent', [
    'status my-film',
    'status my-film --json',
  ])
    .addOption(providerOption())
    .addOption(storeOption())
    .option('--json', 'print it as JSON')
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (files, flags) =>
      ended(await (await import('./status.ts')).statusCommand(files, flags, context)),
    );

  command('takes <file>', 'list every take there ever was of each shot, and draw them side by side', [
    'takes my-film',
    "takes my-film --only 'harbour/*' --sheet harbour.png",
    'takes my-film --json --no-sheet',
  ])
    .addOption(providerOption())
    .addOption(onlyOption())
    .option('--sheet <file>', 'where the contact sheet goes (default: out/<name>/takes.png)')
    .option('--no-sheet', 'draw no contact sheet')
    .addOption(storeOption())
    .option('--json', 'print it as JSON')
    .addOption(profileOption())
    .addOption(setOption())
    .action(async (file, flags) =>
      ended(await (await import('./takes.ts')).takesCommand(file, flags, context)),
    );

  command('pick <file> <shot> <take>', 'show the edit that makes the film use another take of a shot', [
    'pick my-film meeting 2',
    'pick my-film meeting 2 --write     make the edit, and touch nothing else of the file',
  ])
    .option('--write', 'make the edit')
    .option('--json', 'print it as JSON')
    .action(async (file, shot, take, flags) =>
      ended(await (await import('./pick.ts')).pickCommand(file, shot, take, flags, context)),
    );

  command('resolve <file> <shot>', 'settle a submission of which nobody knows whether it was bought', [
    'resolve my-film arrival               what is known about it',
    'resolve my-film arrival --adopt ID    it is this prediction',
    'resolve my-film arrival --resubmit    it was not accepted: buy it with the next render',
    'resolve my-film arrival --abandon     give it up',
  ])
    .option('--adopt <id>', 'take this prediction for it')
    .option('--resubmit', 'buy it again with the next render; the first one may have been charged')
    .option('--abandon', 'give it up; it is bought again with --retry-failed alone')
    .option('--take <n>', 'which take (default: the one that is held)')
    .addOption(storeOption())
    .option('--json', 'print it as JSON')
    .action(async (file, shot, flags) =>
      ended(await (await import('./resolve.ts')).resolveCommand(file, shot, flags, context)),
    );

  command('spend [files...]', 'list everything that was bought, or may have been', [
    'spend',
    'spend my-film --csv > spend.csv',
  ])
    .option('--csv', 'print it as CSV')
    .option('--json', 'print it as JSON')
    .addOption(storeOption())
    .action(async (files, flags) =>
      ended(await (await import('./spend.ts')).spendCommand(files, flags, context)),
    );

  command('reconcile', "compare the journal with the service's history and bills", [
    'reconcile',
    'reconcile --days 2 --json',
  ])
    .option('--days <n>', 'how far to look back; the service keeps 7 days (default: 7)')
    .addOption(keyOption())
    .addOption(storeOption())
    .option('--json', 'print it as JSON')
    .action(async flags => ended(await (await import('./reconcile.ts')).reconcileCommand(flags, context)));

  const cache = command('cache', 'list, verify and prune what is stored', [
    'cache ls',
    'cache verify',
    'cache prune --delete',
  ]);
  const cacheCommand = (name: string, description: string): Command =>
    cache
      .command(name)
      .description(description)
      .exitOverride()
      .configureOutput({ writeOut: context.terminal.out, writeErr: context.terminal.err })
      .addOption(storeOption())
      .option('--json', 'print it as JSON');
  cacheCommand('ls', 'list the clips in the store').action(async flags =>
    ended(await (await import('./cache.ts')).cacheListCommand(flags, context)),
  );
  cacheCommand('verify', 'read every clip and compare it with its digest').action(async flags =>
    ended(await (await import('./cache.ts')).cacheVerifyCommand(flags, context)),
  );
  cacheCommand('prune', 'show what can go: free clips and pieces that nothing uses; bought clips stay')
    .option('--delete', 'delete it (without this, nothing is deleted)')
    .option('--older-than <days>', 'only what was not used for this many days (default: 0)')
    .option('--derived-max <size>', 'of derived pieces only as much as exceeds this, such as 5GB')
    .action(async flags => ended(await (await import('./cache.ts')).cachePruneCommand(flags, context)));

  command('models [path]', 'list the models, their limits and prices', [
    'models',
    'models my-film',
    'models --verify',
  ])
    .option('--verify', 'compare them with what the service itself says; exit with 10 if anything differs')
    .option('--key-file <file>', 'read the API key from a file that only you can read')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nPath: a storyboard or its folder; its own models/*.json are listed too.')
    .action(async (path, flags) =>
      ended(await (await import('./models.ts')).modelsCommand(path, flags, context)),
    );

  command('init <dir>', 'write a new project that renders at once', [
    'init my-film && storyreel render my-film',
    'init my-reel --template reel',
  ])
    .addOption(
      new Option('--template <name>', 'what to begin with (default: hello)').choices(Object.keys(TEMPLATES)),
    )
    .addHelpText('after', `\nTemplates:\n${templateList()}`)
    .action(async (dir, flags) => ended(await (await import('./init.ts')).initCommand(dir, flags, context)));

  command('fmt <files...>', 'format storyboards, keeping comments and meaning; name the files that changed', [
    'fmt my-film',
    'fmt storyboards/*/storyboard.yaml cast.yaml',
    'fmt --check my-film                exit 2 and write nothing if a file is not formatted',
    'fmt - < storyboard.yaml            print it formatted',
  ])
    .option('--check', 'write nothing; name the files that would change, and exit with 2')
    .action(async (files, flags) =>
      ended(await (await import('./fmt.ts')).fmtCommand(files, flags, context)),
    );

  command('import <file>', 'make a storyboard of a Fountain screenplay or a CSV shot list', [
    'import script.fountain --out storyboard.yaml',
    'import shots.csv > storyboard.yaml',
    'import draft.txt --format fountain',
  ])
    .option('--out <file>', 'write it to a new file (default: print it)')
    .addOption(
      new Option('--format <format>', "what the file is (default: by its name's ending)").choices([
        'fountain',
        'csv',
      ]),
    )
    .action(async (file, flags) =>
      ended(await (await import('./import.ts')).importCommand(file, flags, context)),
    );

  command('doctor', 'tell what is found on this machine, and how to get what is not', ['doctor'])
    .option('--json', 'print it as JSON')
    .addOption(keyOption())
    .addOption(storeOption())
    .action(async flags => ended(await (await import('./doctor.ts')).doctorCommand(flags, version, context)));

  command('completion <shell>', 'print a completion script for bash, zsh or fish', [
    'completion bash >> ~/.bashrc',
    'completion zsh > ~/.zfunc/_storyreel',
    'completion fish > ~/.config/fish/completions/storyreel.fish',
  ]).action(async shell =>
    ended((await import('./completion.ts')).completionCommand(shell, program, context)),
  );

  return program;
}

function templateList(): string {
  return Object.entries(TEMPLATES)
    .map(([name, description]) => `  ${name.padEnd(8)}${description}`)
    .join('\n');
}

function providerOption(): Option {
  return new Option(
    '--provider <name>',
    'where clips come from (default: what the storyboard says, else animatic)',
  ).choices(['animatic', 'wavespeed']);
}

function onlyOption(): Option {
  return new Option('--only <glob>', 'only shots whose id, or scene/shot, matches');
}

function profileOption(): Option {
  return new Option('--profile <name>', "one of the storyboard's profiles, such as draft");
}

function setOption(): Option {
  return new Option(
    '--set <name=value>',
    'another value for a variable of the storyboard; may be repeated',
  ).argParser((text: string, before: readonly string[] = []) => [...before, text]);
}

function fillOption(): Option {
  return new Option(
    '--fill <source>',
    'buy what the money is enough for, by priority, and fill the film: animatic, or a profile whose clips are there',
  );
}

function keyOption(): Option {
  return new Option(
    '--key-file <file>',
    'a file with the API key that only you can read (default: WAVESPEED_API_KEY)',
  );
}

function retryOption(): Option {
  return new Option('--retry-failed', 'buy again what failed or was given up');
}

function lockFilmOption(): Option {
  return new Option(
    '--lock-film',
    'write the digests of the finished film and its deliverables into the lock file',
  );
}

function strictOption(): Option {
  return new Option(
    '--strict',
    'exit with 3 if anything in the film should be looked at: black, frozen, damaged, silent, distorted, of another loudness, length or size',
  );
}

function refreshOption(): Option {
  return new Option('--refresh-references', 'look again at the addresses of references');
}

function storeOption(): Option {
  return new Option('--store <dir>', "the store's folder (default: .storyreel in the project's folder)");
}
