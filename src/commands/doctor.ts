import { constants, promises as fs } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode, Failure, hasCode } from '../failure.ts';
import { locateFfmpeg } from '../media/ffmpeg.ts';
import { formatDollars } from '../model/money.ts';
import { findRoot } from '../project/project.ts';
import { cleanLine } from '../terminal/clean.ts';
import { asJson } from '../terminal/json.ts';
import { table } from '../terminal/table.ts';
import { painter } from '../terminal/terminal.ts';
import type { CommandContext } from './context.ts';
import { serviceAccess } from './service-access.ts';

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do, where something is missing. */
  readonly hint: string | null;
  /** Whether nothing can be rendered without it. */
  readonly needed: boolean;
}

/** Tells what is found on this machine, and how to get what is not. */
export async function doctorCommand(
  flags: { json?: boolean; store?: string; keyFile?: string },
  version: string,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, environment } = context;
  const findings: Finding[] = [
    { name: 'storyreel', ok: true, found: version, hint: null, needed: true },
    checkNode(),
    await checkFfmpeg(environment),
    await checkFonts(),
    ...(await checkService(flags, context)),
    await checkStore(flags.store, context),
  ];
  if (flags.json === true) {
    terminal.out(asJson({ version: 1, findings }));
  } else {
    const paint = painter(terminal.outColor);
    const rows = findings.map(({ name, ok, found, hint, needed }) => {
      const mark = ok ? paint('green', '✓') : needed ? paint('red', '✗') : paint('yellow', '–');
      return [mark, name, cleanLine(found), hint === null ? '' : paint('dim', cleanLine(hint))];
    });
    terminal.out(`${table(rows).join('\n')}\n`);
  }
  return findings.every(({ ok, needed }) => ok || !needed) ? EXIT.done : EXIT.environment;
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const hint = ok ? null : 'Install Node 20.19 or newer.';
  return { name: 'Node', ok, found: process.versions.node, hint, needed: true };
}

async function checkFfmpeg(environment: CommandContext['environment']): Promise<Finding> {
  try {
    const ffmpeg = await locateFfmpeg({
      override: environment.STORYREEL_FFMPEG,
      searchPath: environment.PATH,
    });
    const found = `${ffmpeg.version}, ${ffmpeg.origin}: ${ffmpeg.path}`;
    return { name: 'ffmpeg', ok: true, found, hint: null, needed: true };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { name: 'ffmpeg', ok: false, found: error.message, hint: error.hint ?? null, needed: true };
  }
}

async function checkFonts(): Promise<Finding> {
  try {
    const { createRequire } = await import('node:module');
    const path = createRequire(import.meta.url).resolve(
      '@fontsource/inter/files/inter-latin-400-normal.woff',
    );
    await fs.access(path, constants.R_OK);
    return { name: 'fonts', ok: true, found: 'Inter', hint: null, needed: true };
  } catch {
    return {
      name: 'fonts',
      ok: false,
      found: 'Inter is missing',
      hint: 'Run npm install again.',
      needed: true,
    };
  }
}

/** The key, and whether the service takes it; without a key, nobody is asked. */
async function checkService(
  flags: { keyFile?: string; store?: string },
  context: CommandContext,
): Promise<Finding[]> {
  const name = 'WaveSpeed key';
  try {
    const access = await serviceAccess(flags, context);
    if ((access.key ?? '').trim() === '') {
      const hint = 'Only needed to buy clips; the animatic is free.';
      return [{ name, ok: false, found: 'WAVESPEED_API_KEY is not set', hint, needed: false }];
    }
    const { askBalance } = await import('../provider/wavespeed/wavespeed.ts');
    const { host, balanceMicros } = await askBalance(access, context.signal);
    const found = balanceMicros === null ? 'it does not say' : `$${formatDollars(balanceMicros)}`;
    const low = balanceMicros === 0;
    return [
      {
        name,
        ok: true,
        found: balanceMicros === null ? `not refused by ${host}` : `accepted by ${host}`,
        hint: null,
        needed: false,
      },
      {
        name: 'balance',
        ok: !low,
        found,
        hint: low ? 'Top up the account before you buy clips.' : null,
        needed: false,
      },
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ name, ok: false, found: error.message, hint: error.hint ?? null, needed: false }];
  }
}

async function checkStore(store: string | undefined, { cwd }: CommandContext): Promise<Finding> {
  const folder = store === undefined ? join(await findRoot(cwd), '.storyreel') : resolve(cwd, store);
  const name = 'store';
  try {
    await fs.access(folder, constants.W_OK);
    return { name, ok: true, found: folder, hint: null, needed: true };
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      return { name, ok: true, found: `${folder} (made by the first render)`, hint: null, needed: true };
    const hint = 'Make it writable for you, or choose another with --store.';
    return { name, ok: false, found: `${folder} cannot be written`, hint, needed: true };
  }
}
