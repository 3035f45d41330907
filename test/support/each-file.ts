// Vitest runs this before each test file.
import { afterAll } from 'vitest';
import { doWhatIsOwed } from './after-file.ts';

afterAll(doWhatIsOwed);
