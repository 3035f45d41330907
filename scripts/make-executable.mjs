// tsc writes files without the executable bit, which npx needs on the command's entry.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
