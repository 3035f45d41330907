import { EXIT, type ExitCode } from '../failure.ts';
import { pickTake, writePick } from '../project/pick-take.ts';
import { clean, cleanLine } from '../terminal/clean.ts';
import { formatEdit } from '../terminal/format-edit.ts';
import { asJson } from '../terminal/json.ts';
import type { CommandContext } from './context.ts';
import { wholeNumber } from './whole-number.ts';

interface PickFlags {
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Shows the edit that makes the film use another take; makes it only when told to. */
export async function pickCommand(
  file: string,
  name: string,
  takeNumber: string,
  { write = false, json = false }: PickFlags,
  { terminal, cwd }: CommandContext,
): Promise<ExitCode> {
  const take = wholeNumber('TAKE', takeNumber, 4) ?? 0;
  const pick = await pickTake(file, name, take, cwd);
  const { shot, before, after, line } = pick;
  if (write) await writePick(pick);
  if (json) {
    const diff = after === null ? null : clean(formatEdit(before, after, false));
    const picked = { shot: shot.id, take, before: shot.pick };
    terminal.out(
      asJson({ version: 1, file: before.file, line, ...picked, written: write && after !== null, diff }),
    );
  } else if (after === null) {
    terminal.out(`Take ${take} of ${shot.id} is picked already.\n`);
  } else {
    terminal.out(`${cleanLine(before.file)}:${line}\n`);
    terminal.out(formatEdit(before, after, terminal.outColor));
    if (!write) terminal.out('Nothing was changed; run it again with --write.\n');
  }
  return EXIT.done;
}
