import { formatDollars } from '../model/money.ts';
import type { PlannedTake } from '../plan/plan.ts';
import { renderedMedia } from '../plan/reasons.ts';
import type { Provider } from '../provider/provider.ts';
import type { Submission } from '../store/journal/submission.ts';
import type { ClipRecord } from '../store/record.ts';

/** What the store keeps about a clip; `submission` is how it was bought. */
export function recordOf(
  take: PlannedTake,
  provider: Provider,
  clip: ClipRecord['clip'],
  submission: Submission | null,
): ClipRecord {
  return {
    version: 1,
    key: take.key,
    clip,
    provider: provider.name,
    providerVersion: provider.version,
    model: take.request.model,
    inputs: take.request.inputs,
    references: take.media.map(renderedMedia),
    predictionId: submission?.predictionId ?? null,
    cost: formatDollars(submission?.chargeMicros ?? 0),
    labels: !provider.priced && provider.drawsLabels ? take.labels : null,
  };
}
