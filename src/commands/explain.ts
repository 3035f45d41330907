import { type DiagnosticExplanation, type Explanation, exampleLines } from '../explanations/explanation.ts';
import { TOPICS, type Topic } from '../explanations/explanations.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { didYouMean } from '../storyboard/suggest.ts';
import { formatExplanation, formatTopics } from '../terminal/format-explanations.ts';
import { asJson } from '../terminal/json.ts';
import type { CommandContext } from './context.ts';

/** Tells what a code means and how to mend it; without a code, lists them all. */
export function explainCommand(
  written: string | undefined,
  flags: { json?: boolean },
  { terminal }: CommandContext,
): ExitCode {
  const code = written?.replace(/^\[(.*)\]$/, '$1').toLowerCase(); // as it stands behind a message
  const topics = code === undefined ? TOPICS : topicsOf(code);
  if (flags.json === true)
    terminal.out(asJson({ version: 1, explanations: topics.flatMap(topic => toJson(topic, code)) }));
  else if (code === undefined) terminal.out(formatTopics(topics, terminal));
  else {
    const texts = topics.map(topic => formatExplanation(code, topic, terminal));
    terminal.out(texts.join('\n'));
  }
  return EXIT.done;
}

/** One, but where a mistake of a storyboard and a failure of a run have the same name. */
function topicsOf(code: string): Topic[] {
  const topics = TOPICS.filter(({ explanations }) => Object.hasOwn(explanations, code));
  if (topics.length > 0) return topics;
  const codes = TOPICS.flatMap(({ explanations }) => Object.keys(explanations));
  throw new Failure('no-code', `there is no code ${JSON.stringify(code)}${didYouMean(code, codes)}`, {
    hint: '`storyreel explain` lists them all.',
    exitCode: EXIT.usage,
  });
}

function toJson({ title, kind, explanations }: Topic, wanted: string | undefined) {
  const entries = Object.entries<Explanation & Partial<DiagnosticExplanation>>(explanations);
  return entries
    .filter(([code]) => wanted === undefined || code === wanted)
    .map(([code, { means, why = null, mend, example = null }]) => ({
      ...{ code, kind, topic: title, means, why, mend },
      example: example === null ? null : exampleLines(example).join('\n'),
    }));
}
