import type { FilmWarningCode } from '../explanations/explanations.ts';
import type { ToldFailure } from '../failure.ts';
import type { PlacedDiagnostic } from '../storyboard/diagnostic.ts';

/**
 * Everything that happens in a render, in the past tense. The progress on a terminal, the plain log and
 * `--json` are three presenters of these same events; nothing else reports. Money is in dollars, as text.
 */
export type RenderEvent =
  | {
      readonly type: 'planned';
      readonly storyboards: number;
      readonly takes: number;
      readonly toRender: number;
      /** Null: there are prices that nobody has told. */
      readonly cost: string | null;
    }
  | (TakeEvent & { readonly type: 'take-started' })
  | (TakeEvent & { readonly type: 'take-submitted'; readonly predictionId: string })
  | (TakeEvent & { readonly type: 'take-progressed'; readonly fraction: number })
  | (TakeEvent & {
      readonly type: 'take-rendered';
      readonly clip: string;
      readonly cost: string;
      readonly seconds: number;
    })
  /** Held: nobody knows whether it was bought, and it waits for its author. */
  | (TakeEvent & ToldFailure & { readonly type: 'take-failed' | 'take-held' })
  /** The service takes no more for now: nothing is submitted for so long. */
  | { readonly type: 'submits-slowed'; readonly seconds: number }
  | {
      readonly type: 'cut-started';
      readonly storyboard: string;
      readonly shots: number;
      readonly frames: number;
    }
  | {
      readonly type: 'cut-progressed';
      readonly storyboard: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly type: 'film-written';
      readonly storyboard: string;
      readonly film: string;
      readonly durationSeconds: number;
      readonly frames: number;
      readonly encoded: number;
      readonly reused: number;
    }
  /** Something in the film that its author should look at. */
  | {
      readonly type: 'film-warned';
      readonly storyboard: string;
      /** Null where it is the whole film. */
      readonly shot: string | null;
      readonly code: FilmWarningCode;
      /** Seconds of the film; null where it is the whole shot. */
      readonly at: number | null;
      readonly message: string;
    }
  /** With --watch: a storyboard, or a file of it, was saved. */
  | {
      readonly type: 'storyboard-changed';
      readonly storyboard: string;
      readonly shots: readonly { readonly shot: string; readonly change: 'added' | 'removed' | 'changed' }[];
    }
  /** With --watch: what was saved cannot be rendered, and the last film stays. */
  | (ToldFailure & {
      readonly type: 'storyboard-refused';
      /** What is wrong with the storyboard; empty where it is something else. */
      readonly diagnostics: readonly PlacedDiagnostic[];
    })
  /** Shots without clips of their own, and what was put in their place: `animatic`, or a profile. */
  | {
      readonly type: 'film-filled';
      readonly storyboard: string;
      readonly shots: readonly { readonly shot: string; readonly source: string }[];
    }
  | { readonly type: 'film-unchanged'; readonly storyboard: string; readonly film: string }
  /** Made a second time from its clips alone, it came out as the lock file says. */
  | {
      readonly type: 'film-verified';
      readonly storyboard: string;
      readonly film: string;
      /** With its deliverables. */
      readonly files: number;
    }
  | {
      readonly type: 'film-skipped';
      readonly storyboard: string;
      readonly reason: string;
      readonly shots: readonly string[];
    }
  /** `inFlight`: clips that are paid for, and fetched by the next run. */
  | { readonly type: 'interrupted'; readonly inFlight: number }
  | {
      readonly type: 'finished';
      readonly exitCode: number;
      /** The only film, or the first of several; null if none was made. */
      readonly film: string | null;
      readonly films: readonly string[];
      readonly rendered: number;
      readonly cached: number;
      readonly failed: number;
      /** Takes of which nobody knows whether they were bought. */
      readonly held: number;
      readonly spent: string;
      /** Why it ended, where it did not end well. */
      readonly error?: ToldFailure;
    };

interface TakeEvent {
  readonly storyboard: string;
  readonly scene: string | null;
  readonly shot: string;
  readonly take: number;
  readonly key: string;
}

export type Emit = (event: RenderEvent) => void;
