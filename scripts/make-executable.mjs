// tsc writes files without the executable bit, which a command's entry needs.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/cli.js', import.meta.url), 0o755);
