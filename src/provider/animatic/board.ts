import { box, drawable, type Element } from '../../media/draw.ts';
import { FONT_FAMILY } from '../../media/fonts.ts';
import type { Job, JobMedia } from '../provider.ts';
import { drawTotal } from './clock.ts';
import type { Layout } from './layout.ts';
import { at, COLORS, ONE_LINE, SIZES, TITLE_SIZES } from './look.ts';
import { drawPrompt } from './prompt.ts';
import type { Rectangle } from './rectangle.ts';

/** The board of a shot: everything that does not move. `playable` says which media will be laid over it. */
export async function drawBoard(job: Job, layout: Layout, playable: readonly boolean[]): Promise<Element> {
  const { width, height, durationSeconds } = job.output;
  const names = job.media.flatMap(({ name }) => (name === null ? [] : [drawable(name)]));
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
      ...drawHeader(job, layout),
      ...job.media.flatMap((media, index) => {
        const inset = layout.insets[index];
        return inset === undefined ? [] : drawInset(media, job, inset, layout, playable[index] === true);
      }),
      await drawPrompt(job.labels.prompt, names, layout, job.fonts),
      drawTags(job, layout),
      drawTotal(layout, durationSeconds),
    ],
  );
}

/** What the progress line's window slides over: done at the left, to come at the right. */
export function drawProgress({ progress: { width, height } }: Layout): Element {
  return box({ width: width * 2, height }, [
    box({ width, height, background: COLORS.accent }),
    box({ width, height, background: COLORS.line }),
  ]);
}

function drawHeader({ labels }: Job, { header, unit }: Layout): Element[] {
  const left = { ...header, width: header.width * 0.7 };
  const right = { ...header, x: header.x + header.width * 0.72, width: header.width * 0.28 };
  const upper = { ...ONE_LINE, fontSize: SIZES.label * unit, lineHeight: `${30 * unit}px`, maxWidth: '100%' };
  const lower = { ...ONE_LINE, lineHeight: `${54 * unit}px`, maxWidth: '100%' };
  const film = drawable(labels.film);
  const scene = labels.scene === null ? film : drawable(labels.scene);
  const shot = drawable(labels.shot);
  const take = labels.takes > 1 ? `Take ${labels.take} of ${labels.takes}` : '';
  return [
    box({ ...at(left), flexDirection: 'column' }, [
      box({ ...upper, fontWeight: 600, color: COLORS.accent, height: 30 * unit }, scene),
      box(
        {
          ...lower,
          fontSize: titleSize(shot, left.width / unit) * unit,
          fontWeight: 600,
          letterSpacing: -0.8 * unit,
        },
        shot,
      ),
    ]),
    box({ ...at(right), flexDirection: 'column', alignItems: 'flex-end' }, [
      box({ ...upper, color: COLORS.quiet, height: 30 * unit }, labels.scene === null ? '' : film),
      box({ ...lower, fontSize: SIZES.label * unit, color: COLORS.quiet, marginTop: 7 * unit }, take),
    ]),
  ];
}

/** Long titles are set smaller before they are cut; Inter's bold letters are a little over half an em wide. */
function titleSize(title: string, width: number): number {
  return TITLE_SIZES.find(size => title.length * size * 0.56 <= width) ?? 28;
}

function drawInset(
  media: JobMedia,
  job: Job,
  inset: Rectangle,
  { captionHeight, unit }: Layout,
  playable: boolean,
): Element[] {
  const name = drawable(media.name ?? 'image');
  const caption = drawCaption(
    name,
    noteOn(media, job),
    { ...inset, y: inset.y + inset.height, height: captionHeight },
    unit,
  );
  const panel = { ...at(inset), background: COLORS.panel };
  if (playable) return [box(panel), caption];
  const line = { ...ONE_LINE, maxWidth: inset.width * 0.9 };
  return [
    box(
      {
        ...panel,
        border: `${2 * unit}px dashed ${COLORS.edge}`,
        flexDirection: 'column',
        alignItems: 'center',
        justifyContent: 'center',
      },
      [
        box({ ...line, fontSize: 26 * unit, fontWeight: 600 }, name),
        box(
          { ...line, fontSize: SIZES.small * unit, color: COLORS.quiet, marginTop: 6 * unit },
          'cannot be decoded',
        ),
      ],
    ),
    caption,
  ];
}

/** A name and, where there is room for all of it, what it is. */
function drawCaption(name: string, note: string, place: Rectangle, unit: number): Element {
  const dot = 8 * unit;
  const gap = 10 * unit;
  const room = place.width - dot - gap;
  const nameWidth = name.length * 0.6 * SIZES.label * unit;
  const noteWidth = note.length * 0.54 * SIZES.small * unit;
  const shown = nameWidth + gap + noteWidth <= room ? note : '';
  return box({ ...at(place), alignItems: 'center' }, [
    box({ width: dot, height: dot, borderRadius: dot / 2, background: COLORS.accent, marginRight: gap }),
    box(
      { ...ONE_LINE, fontSize: SIZES.label * unit, fontWeight: 600, marginRight: gap, maxWidth: room },
      name,
    ),
    box({ ...ONE_LINE, fontSize: SIZES.small * unit, color: COLORS.quiet }, shown),
  ]);
}

/** What stands beside a reference's name; a still is told from the footage of the same name. */
function noteOn(media: JobMedia, { request }: Job): string {
  return Array.isArray(request.inputs[media.field]) ? drawable(media.description ?? '') : 'still';
}

function drawTags({ request }: Job, { footer, clock, unit }: Layout): Element {
  const { resolution, aspect_ratio, seed } = request.inputs;
  const tags = [resolution, aspect_ratio, seed === undefined ? undefined : `seed ${seed}`];
  const shown = tags.filter(tag => typeof tag === 'string').map(tag => drawable(tag).slice(0, 40));
  const width = clock.running.x - footer.x - 16 * unit;
  const style = { ...ONE_LINE, fontSize: SIZES.small * unit, color: COLORS.quiet, maxWidth: width };
  return box({ ...at({ ...footer, width }), alignItems: 'center' }, [box(style, shown.join('   ·   '))]);
}
