import type { Command } from 'commander';
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

interface Words {
  /** "cache prune" or "render". */
  readonly command: string;
  readonly description: string;
  readonly flags: readonly { readonly name: string; readonly description: string }[];
  readonly subcommands: readonly string[];
}

function wordsOf(program: Command): Words[] {
  const visit = (command: Command, name: string): Words[] => [
    {
      command: name,
      description: command.description(),
      flags: command.options.map(option => ({
        name: option.long ?? option.flags,
        description: option.description,
      })),
      subcommands: command.commands.map(child => child.name()),
    },
    ...command.commands.flatMap(child => visit(child, `${name} ${child.name()}`.trim())),
  ];
  return visit(program, '');
}

const SHELLS: Readonly<Record<string, (words: readonly Words[]) => string>> = { bash, zsh, fish };

function bash(words: readonly Words[]): string {
  const cases = words.map(({ command, flags, subcommands }) => {
    const list = [...subcommands, ...flags.map(({ name }) => name), '--help'].join(' ');
    return `    "${command}") words="${list}" ;;`;
  });
  return `# storyreel completion for bash
_storyreel() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words=""
  [ "$COMP_CWORD" -eq 1 ] && command=""
  [ "$command" = cache ] && [ "$COMP_CWORD" -gt 2 ] && command="cache \${COMP_WORDS[2]}"
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
  const quoted = (name: string, description: string) =>
    `'${`${name.replaceAll(':', '\\:')}:${description}`.replaceAll("'", "'\\''")}'`;
  const cases = words.map(({ command, flags, subcommands }) => {
    const children = subcommands.map(name => {
      const child = words.find(other => other.command === `${command} ${name}`.trim());
      return quoted(name, child?.description ?? '');
    });
    const options = flags.map(({ name, description }) => quoted(name, description));
    return `    "${command}") items=(${[...children, ...options].join(' ')}) ;;`;
  });
  return `#compdef storyreel
_storyreel() {
  local -a items
  local command="$words[2]"
  (( CURRENT == 2 )) && command=""
  [[ "$command" == cache ]] && (( CURRENT > 3 )) && command="cache $words[3]"
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
  const quoted = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = words.flatMap(({ command, flags, subcommands }) => {
    const seen = command.split(' ').filter(Boolean);
    const when =
      seen.length === 0
        ? '__fish_use_subcommand'
        : seen.map(name => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const children = subcommands.map(name => {
      const child = words.find(other => other.command === `${command} ${name}`.trim());
      return `complete -c storyreel -n '${when}' -a ${name} -d '${quoted(child?.description ?? '')}'`;
    });
    const options = flags.map(
      ({ name, description }) =>
        `complete -c storyreel -n '${when}' -l ${name.replace(/^--/, '')} -d '${quoted(description)}'`,
    );
    return [...children, ...options];
  });
  return `# storyreel completion for fish\n${lines.join('\n')}\n`;
}
