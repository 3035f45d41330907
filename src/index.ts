export { EXIT, type ExitCode, Failure } from './failure.ts';
export { formatDollars, type Micros, parseDollars } from './model/money.ts';
export type { FilmDiff, FilmsDiff, ItemDiff } from './plan/diff-films.ts';
export { diffToJson } from './plan/diff-json.ts';
export type { Action, Plan, PlannedFilm, PlannedTake } from './plan/plan.ts';
export { planToJson } from './plan/plan-json.ts';
export type { Request } from './plan/request.ts';
export { type CheckedFiles, checkFiles as check } from './project/check-files.ts';
export { diffStoryboards, diffWithCommit } from './project/diff-files.ts';
export { InvalidStoryboard } from './project/invalid-storyboard.ts';
export { type PlannedFiles, type PlanOptions, planFiles as plan } from './project/plan-files.ts';
export type {
  Answer,
  FreeProvider,
  Job,
  Outcome,
  PaidProvider,
  Payload,
  Provider,
} from './provider/provider.ts';
export type { RenderEvent } from './render/event.ts';
export { cut, type RenderOptions, type RenderResult, render } from './render/render.ts';
export type { Diagnostic, PlacedDiagnostic } from './storyboard/diagnostic.ts';
export { place } from './storyboard/source.ts';
