import type { Command } from 'commander';
import { TOPICS } from '../explanations/explanations.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import type { CommandContext } from './context.ts';

/** Prints a completion script, made from the commands themselves so that it cannot fall behind them. */
export function completionCommand(shell: string, program: Command, { terminal }: CommandContext): ExitCode {
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write === undefined) {
    throw new Failure('unknown-shell', `there is no completion for ${JSON.stringify(shell)}`, {
      hint: `There is one for ${Object.keys(SHELLS).join(', ')}.`,
      exitCode: EXIT.usage,
    });
  }
  terminal.out(write(wordsOf(program)));
  return EXIT.done;
}

interface Word {
  readonly name: string;
  readonly description: string;
}

interface Flag extends Word {
  /** The values that it takes; empty where any will do. */
  readonly choices: readonly string[];
}

interface Words {
  /** "cache prune" or "render". */
  readonly command: string;
  readonly flags: readonly Flag[];
  /** What may follow it: commands, or the codes of `explain`. */
  readonly next: readonly Word[];
}

function wordsOf(program: Command): Words[] {
  const visit = (command: Command, name: string): Words[] => [
    {
      command: name,
      flags: command.options.map(option => ({
        name: option.long ?? option.flags,
        description: option.description,
        choices: option.argChoices ?? [],
      })),
      next:
        name === 'explain'
          ? codes()
          : command.commands.map(child => ({ name: child.name(), description: child.description() })),
    },
    ...command.commands.flatMap(child => visit(child, `${name} ${child.name()}`.trim())),
  ];
  return visit(program, '');
}

function codes(): Word[] {
  const all = TOPICS.flatMap(({ explanations }) => Object.entries(explanations));
  return [...new Map(all)].map(([name, { means }]) => ({ name, description: means }));
}

/** Flags of one name take the same values in every command. */
function choicesOf(words: readonly Words[]): ReadonlyMap<string, readonly string[]> {
  const flags = words.flatMap(({ flags }) => flags).filter(({ choices }) => choices.length > 0);
  return new Map(flags.map(({ name, choices }) => [name, choices]));
}

const SHELLS: Readonly<Record<string, (words: readonly Words[]) => string>> = { bash, zsh, fish };

function bash(words: readonly Words[]): string {
  const cases = words.map(({ command, flags, next }) => {
    const list = [...[...next, ...flags].map(({ name }) => name), '--help'].join(' ');
    return `    "${command}") words="${list}" ;;`;
  });
  const values = [...choicesOf(words)].map(
    ([flag, choices]) =>
      `    ${flag}) COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$current")); return ;;`,
  );
  return `# storyreel completion for bash
_storyreel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words=""
  [ "$COMP_CWORD" -eq 1 ] && command=""
  [ "$command" = cache ] && [ "$COMP_CWORD" -gt 2 ] && command="cache \${COMP_WORDS[2]}"
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ "$current" == -* ]] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _storyreel storyreel
`;
}

function zsh(words: readonly Words[]): string {
  const quoted = ({ name, description }: Word) =>
    `'${`${name.replaceAll(':', '\\:')}:${description}`.replaceAll("'", "'\\''")}'`;
  const cases = words.map(
    ({ command, flags, next }) => `    "${command}") items=(${[...next, ...flags].map(quoted).join(' ')}) ;;`,
  );
  const values = [...choicesOf(words)].map(
    ([flag, choices]) => `    ${flag}) compadd -- ${choices.join(' ')}; return ;;`,
  );
  return `#compdef storyreel
_storyreel() {
  local -a items
  local command="$words[2]"
  (( CURRENT == 2 )) && command=""
  [[ "$command" == cache ]] && (( CURRENT > 3 )) && command="cache $words[3]"
  case "$words[CURRENT-1]" in
${values.join('\n')}
  esac
  case "$command" in
${cases.join('\n')}
  esac
  _describe storyreel items
  _files
}
_storyreel "$@"
`;
}

function fish(words: readonly Words[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = words.flatMap(({ command, flags, next }) => {
    const seen = command.split(' ').filter(Boolean);
    const when =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map(name => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const start = `complete -c storyreel -n '${when}'`;
    return [
      ...next.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`),
      ...flags.map(({ name, description, choices }) => {
        const values = choices.length === 0 ? '' : ` -x -a ${quoted(choices.join(' '))}`;
        return `${start} -l ${name.replace(/^--/, '')}${values} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# storyreel completion for fish\n${lines.join('\n')}\n`;
}
