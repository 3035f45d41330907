// After the build: makes the command executable, since tsc writes plain files, and links it where `npx` looks
// first, so that `npx storyreel` works in a clone as it does for those who install the package.
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const entry = new URL('../dist/cli.js', import.meta.url);
chmodSync(entry, 0o755);
if (process.platform !== 'win32') {
  const folder = new URL('../node_modules/.bin/', import.meta.url);
  const link = fileURLToPath(new URL('storyreel', folder));
  mkdirSync(folder, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../dist/cli.js', link);
}
