import { BUYING_FAILURES } from './buying-failures.ts';
import { COMMAND_FAILURES } from './command-failures.ts';
import { CUT_ERRORS } from './cut-errors.ts';
import type { DiagnosticExplanation, Explanation } from './explanation.ts';
import { FILE_ERRORS } from './file-errors.ts';
import { FILM_WARNINGS } from './film-warnings.ts';
import { IMPORT_PROBLEMS } from './import-problems.ts';
import { MACHINE_FAILURES } from './machine-failures.ts';
import { MODEL_ERRORS } from './model-errors.ts';
import { REFERENCE_ERRORS } from './reference-errors.ts';
import { SHAPE_ERRORS } from './shape-errors.ts';
import { SHOT_ERRORS } from './shot-errors.ts';
import { TEXT_ERRORS } from './text-errors.ts';
import { WARNINGS } from './warnings.ts';

// Others import the types alone, which costs them nothing: a code without an explanation does not compile.
export type ErrorCode =
  | keyof typeof TEXT_ERRORS
  | keyof typeof SHAPE_ERRORS
  | keyof typeof REFERENCE_ERRORS
  | keyof typeof SHOT_ERRORS
  | keyof typeof CUT_ERRORS
  | keyof typeof FILE_ERRORS
  | keyof typeof MODEL_ERRORS;
export type WarningCode = keyof typeof WARNINGS;
export type ImportCode = keyof typeof IMPORT_PROBLEMS;
export type DiagnosticCode = ErrorCode | WarningCode | ImportCode;
export type FailureCode =
  | keyof typeof MACHINE_FAILURES
  | keyof typeof COMMAND_FAILURES
  | keyof typeof BUYING_FAILURES
  | 'script-too-large';
export type FilmWarningCode = keyof typeof FILM_WARNINGS;

/** Codes that are told of together. */
export type Topic = { readonly title: string } & (
  | { readonly kind: 'error' | 'warning'; readonly explanations: Explanations<DiagnosticExplanation> }
  /** A `failure` is of a run, a `film` of what came out of it, an `import` of a script. */
  | { readonly kind: 'failure' | 'film' | 'import'; readonly explanations: Explanations<Explanation> }
);
type Explanations<Kind extends Explanation> = Readonly<Record<string, Kind>>;

export const TOPICS: readonly Topic[] = [
  { title: 'The text of a storyboard', kind: 'error', explanations: TEXT_ERRORS },
  { title: 'Keys and values', kind: 'error', explanations: SHAPE_ERRORS },
  { title: 'Casts, variables and references', kind: 'error', explanations: REFERENCE_ERRORS },
  { title: 'Shots', kind: 'error', explanations: SHOT_ERRORS },
  { title: 'The cut', kind: 'error', explanations: CUT_ERRORS },
  { title: 'Files', kind: 'error', explanations: FILE_ERRORS },
  { title: 'A model file', kind: 'error', explanations: MODEL_ERRORS },
  { title: 'Warnings', kind: 'warning', explanations: WARNINGS },
  { title: 'Imported scripts', kind: 'import', explanations: IMPORT_PROBLEMS },
  { title: 'Commands that cannot go on', kind: 'failure', explanations: COMMAND_FAILURES },
  { title: 'Buying clips', kind: 'failure', explanations: BUYING_FAILURES },
  { title: 'This machine', kind: 'failure', explanations: MACHINE_FAILURES },
  { title: 'In a finished film', kind: 'film', explanations: FILM_WARNINGS },
];
