import { box, type Drawing, draw, type Style } from '../media/draw.ts';
import { FONT_FAMILY } from '../media/fonts.ts';
import { directionOf } from '../media/lettering.ts';
import type { CardText, Color } from '../storyboard/storyboard.ts';
import { fitHeight, fitLines, type Room, type Scaled } from './fit-text.ts';
import { SAFE } from './text-frame.ts';

/** Of a title and of what stands below it, in shares of the frame's shorter side. */
const SIZES = { centre: [0.11, 0.046], left: [0.085, 0.036], small: [0.05, 0.028] } as const;
/** In pixels: smaller letters cannot be read, however small the frame is. */
const [LEAST, LEAST_BELOW] = [14, 11];
/** How far long text may be made smaller before its words are broken, and it is cut off. */
const SMALLEST = 0.3;

/** Draws a title card in exactly this size. Text that is too long for it is set smaller. */
export async function drawCard(
  text: CardText,
  width: number,
  height: number,
  background: Color,
  fonts: readonly string[] = [],
): Promise<Drawing> {
  const paper = text.background ?? background;
  const ink = text.color ?? (isLight(paper) ? '#111111' : '#ffffff');
  const room = {
    ...{ width: width * (text.style === 'left' ? 2 * SAFE - 1 : SAFE), height: height * SAFE },
    ...{ fonts, smallest: SMALLEST },
  };
  const side = sideOf(text);
  const lines = await linesOf(text, Math.min(width, height), { color: ink, textAlign: side }, room);
  const block = (scale: number) =>
    box(
      { width: room.width, flexDirection: 'column', alignItems: ALIGNED[side] },
      lines.map(line => line(scale)),
    );
  const page = {
    ...{ width, height, backgroundColor: paper },
    ...{ flexDirection: 'column', justifyContent: 'center', alignItems: 'center', overflow: 'hidden' },
  };
  return await draw(box(page, [await fitHeight(block, room)]), width, height, fonts);
}

/** Text at the left is at the right where its script begins there. */
function sideOf({ title, style }: CardText): keyof typeof ALIGNED {
  if (style !== 'left') return 'center';
  return directionOf(title) === 'rtl' ? 'right' : 'left';
}

const ALIGNED = { left: 'flex-start', center: 'center', right: 'flex-end' } as const;

async function linesOf(
  { title, subtitle, style }: CardText,
  frameSide: number,
  look: Style,
  room: Room,
): Promise<Scaled[]> {
  const [share, shareBelow] = SIZES[style];
  const size = Math.max(share * frameSide, LEAST);
  const sizeBelow = Math.max(shareBelow * frameSide, LEAST_BELOW);
  const shared = { fontFamily: FONT_FAMILY, ...look };
  const large = { ...shared, fontSize: size, fontWeight: 600, lineHeight: 1.15, letterSpacing: '-0.015em' };
  const small = { ...shared, fontSize: sizeBelow, fontWeight: 400, lineHeight: 1.35, opacity: 0.78 };
  const below = subtitle === null ? null : { style: { ...small, marginTop: '0.76em' }, text: subtitle };
  return await fitLines({ style: large, text: title }, below, room);
}

/** By the weights of BT.709. */
function isLight(color: Color): boolean {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) > 140;
}
