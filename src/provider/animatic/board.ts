import { box, drawable, type Element } from '../../media/draw.ts';
import { FONT_FAMILY } from '../../media/fonts.ts';
import type { Job, JobMedia } from '../provider.ts';
import type { Layout, Rectangle } from './layout.ts';

const COLORS = {
  ground: '#0e1114',
  panel: '#191e24',
  line: '#2b323a',
  text: '#f4f1ea',
  quiet: '#98a2ad',
  accent: '#e9a23b',
} as const;

/** Texts longer than this are cut off before they are laid out: nobody reads them from a board. */
const MAX_PROMPT = 1400;

/** The board of a shot: everything that does not move. `playable` says which media will be laid over it. */
export function drawBoard(job: Job, layout: Layout, playable: readonly boolean[]): Element {
  const { width, height } = job.output;
  return box(
    {
      position: 'relative',
      width,
      height,
      background: COLORS.ground,
      color: COLORS.text,
      fontFamily: FONT_FAMILY,
    },
    [
      drawHeader(job, layout),
      ...job.media.flatMap((media, index) =>
        drawInset(media, captionOf(media, job), layout.insets[index], layout, playable[index] === true),
      ),
      drawPrompt(job.labels.prompt, layout, job.media.length > 0),
      drawFooter(job, layout),
      box({ ...at(layout.progress), background: COLORS.line }),
    ],
  );
}

/** The moving part of the progress line: as long as the picture is wide, pushed in from the left. */
export function drawProgress({ progress }: Layout): Element {
  return box({ width: progress.width, height: progress.height, background: COLORS.accent });
}

/** The running time in tenths of a second, one below the other: a window slides down over them. */
export function drawClockStrip({ clock, unit }: Layout, durationSeconds: number): Element {
  const cells = Array.from({ length: clockCells(durationSeconds) }, (_, tenth) =>
    box({ height: clock.height, justifyContent: 'flex-end', alignItems: 'center' }, [
      box({ fontWeight: 600, fontSize: 24 * unit, color: COLORS.text }, clockText(tenth)),
      box(
        { fontSize: 20 * unit, color: COLORS.quiet, marginLeft: 8 * unit },
        `/ ${durationSeconds.toFixed(1)} s`,
      ),
    ]),
  );
  const height = clock.height * cells.length;
  const style = { flexDirection: 'column', width: clock.width, height, background: COLORS.ground };
  return box({ ...style, fontFamily: FONT_FAMILY }, cells);
}

export function clockCells(durationSeconds: number): number {
  return Math.ceil(durationSeconds * 10);
}

function clockText(tenth: number): string {
  return (tenth / 10).toFixed(1).padStart(4, '0');
}

function drawHeader({ labels }: Job, { header, unit }: Layout): Element {
  const take = labels.takes > 1 ? `Take ${labels.take} of ${labels.takes}` : '';
  const line = {
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    display: 'block',
  } as const;
  return box({ ...at(header), justifyContent: 'space-between' }, [
    box({ flexDirection: 'column', width: header.width * 0.68 }, [
      box(
        {
          ...line,
          fontSize: 19 * unit,
          fontWeight: 600,
          color: COLORS.accent,
          letterSpacing: 0.4 * unit,
          height: 28 * unit,
          width: '100%',
        },
        drawable(labels.scene ?? labels.film),
      ),
      box(
        {
          ...line,
          fontSize: 40 * unit,
          fontWeight: 600,
          letterSpacing: -0.6 * unit,
          height: 54 * unit,
          width: '100%',
        },
        drawable(labels.shot),
      ),
    ]),
    box({ flexDirection: 'column', alignItems: 'flex-end', width: header.width * 0.3 }, [
      box(
        { ...line, fontSize: 19 * unit, color: COLORS.quiet, height: 28 * unit, maxWidth: '100%' },
        labels.scene === null ? take : drawable(labels.film),
      ),
      box(
        { ...line, fontSize: 19 * unit, color: COLORS.quiet, height: 28 * unit },
        labels.scene === null ? '' : take,
      ),
    ]),
  ]);
}

/** What stands beside a reference's name; a still is told from the footage of the same name. */
function captionOf(media: JobMedia, { request }: Job): string {
  return Array.isArray(request.inputs[media.field])
    ? drawable(media.description ?? '').slice(0, 120)
    : 'still';
}

function drawInset(
  media: JobMedia,
  note: string,
  inset: Rectangle | undefined,
  layout: Layout,
  playable: boolean,
): Element[] {
  if (inset === undefined) return [];
  const { unit } = layout;
  const name = drawable(media.name ?? 'image');
  const caption = box(
    {
      ...at({ ...inset, y: inset.y + inset.height, height: layout.captionHeight }),
      alignItems: 'center',
      fontSize: 19 * unit,
    },
    [
      box({
        width: 8 * unit,
        height: 8 * unit,
        borderRadius: 4 * unit,
        background: COLORS.accent,
        marginRight: 10 * unit,
      }),
      box({ fontWeight: 600, color: COLORS.text, marginRight: 10 * unit }, name),
      box(
        {
          color: COLORS.quiet,
          display: 'block',
          whiteSpace: 'nowrap',
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          flex: 1,
        },
        note,
      ),
    ],
  );
  const panel = { ...at(inset), background: COLORS.panel };
  if (playable) return [box(panel), caption];
  return [
    box(
      {
        ...panel,
        border: `${2 * unit}px dashed ${COLORS.line}`,
        flexDirection: 'column',
        alignItems: 'center',
        justifyContent: 'center',
      },
      [
        box({ fontSize: 26 * unit, fontWeight: 600 }, name),
        box({ fontSize: 19 * unit, color: COLORS.quiet, marginTop: 8 * unit }, 'cannot be decoded'),
      ],
    ),
    caption,
  ];
}

function drawPrompt(prompt: string, { prompt: area, unit }: Layout, besideMedia: boolean): Element {
  const text = drawable(prompt).slice(0, MAX_PROMPT);
  const size = fitText(text, area, unit, besideMedia ? 32 : 48);
  const lineHeight = 1.38;
  const lines = Math.max(1, Math.floor(area.height / (size * lineHeight)));
  return box(
    {
      ...at(area),
      flexDirection: 'column',
      justifyContent: besideMedia ? 'flex-start' : 'center',
      overflow: 'hidden',
    },
    [
      box(
        {
          display: 'block',
          width: area.width,
          fontSize: size,
          lineHeight,
          letterSpacing: -0.2 * unit,
          wordBreak: 'break-word',
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          lineClamp: lines,
        },
        text === '' ? ' ' : text,
      ),
    ],
  );
}

/** The largest of a few sizes at which a text fits its area, by Inter's average width of a letter. */
function fitText(text: string, area: Rectangle, unit: number, largest: number): number {
  const sizes = [48, 40, 32, 28, 25, 22, 20].filter(size => size <= largest);
  const fits = (size: number) => {
    const perLine = Math.max(1, Math.floor(area.width / (size * unit * 0.56)));
    const lines = Math.floor(area.height / (size * unit * 1.38));
    return Math.ceil(text.length / (perLine * 0.9)) <= lines;
  };
  return (sizes.find(fits) ?? 20) * unit;
}

function drawFooter({ request }: Job, { footer, clock, unit }: Layout): Element {
  const { resolution, aspect_ratio, seed } = request.inputs;
  const tags = [resolution, aspect_ratio, seed === undefined ? undefined : `seed ${seed}`];
  const shown = tags.filter(tag => typeof tag === 'string').map(tag => drawable(tag).slice(0, 40));
  return box(
    {
      ...at({ ...footer, width: footer.width - clock.width }),
      alignItems: 'center',
      fontSize: 19 * unit,
      color: COLORS.quiet,
    },
    shown.join('   ·   '),
  );
}

function at({ x, y, width, height }: Rectangle) {
  return { position: 'absolute', left: x, top: y, width, height } as const;
}
