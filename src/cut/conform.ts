import type { Ffmpeg } from '../media/ffmpeg.ts';
import { EXACT_SCALER } from '../media/h264.ts';
import { probe } from '../media/probe.ts';
import { drawnInput, type FfmpegInput, untrustedInput } from '../media/run-ffmpeg.ts';
import { stillInput } from '../media/still.ts';
import { isTransparent } from '../media/transparency.ts';
import type { Color, Move } from '../storyboard/storyboard.ts';
import { colorFilters } from './footage-colors.ts';
import type { CutFormat, Shown } from './segments.ts';

/**
 * Colours lie on the left of their four pixels, as H.264 has it and most that we are given: untold, the scaler puts them
 * into the middle, and ffmpeg 9 where those of the clip are.
 */
const CHROMA_LEFT = 'in_h_chr_pos=0:out_h_chr_pos=0:out_v_chr_pos=128';
export const TO_FILM: string = `flags=${EXACT_SCALER}:out_color_matrix=bt709:out_range=tv:${CHROMA_LEFT}`;
export const TAGGED: string =
  'setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:field_mode=prog';

/** Before the part of a clip that is used, ffmpeg need not decode more than this, and to the key frame before it. */
const RUN_UP_SECONDS = 5;

/** What its filters hang on, beside its size and its rate. */
interface Footage {
  /** Filters for its colours, where they are not what ffmpeg would take for the film's. */
  readonly colors: readonly string[];
  /** A moving picture that can be seen through. */
  readonly transparent: boolean;
  /** Smaller than anything that was ever interlaced, and than bwdif can work on. */
  readonly tiny: boolean;
}

export interface OpenedInput {
  readonly input: FfmpegInput;
  readonly footage: Footage;
}

/** How ffmpeg is to open what is shown. */
export async function inputOf(
  ffmpeg: Ffmpeg,
  { clip, played }: Shown,
  format: CutFormat,
  signal: AbortSignal,
): Promise<OpenedInput> {
  switch (clip.picture.kind) {
    case 'video': {
      const seek = seekOf(played.startSeconds);
      // Told to be accurate, it would leave out a frame that began before, though it is still the one to be seen.
      const to = seek === 0 ? [] : ['-noaccurate_seek', '-ss', String(seek)];
      const input = untrustedInput(clip.path, ...to);
      const facts = await probe(clip.path);
      const tiny = Math.min(facts.width, facts.height) < 16;
      const transparent = await isTransparent(ffmpeg, clip.path, signal);
      return { input, footage: { colors: colorFilters(facts, transparent), transparent, tiny } };
    }
    case 'still': {
      const input = await stillInput(clip.path);
      if (input === null) throw new TypeError(`${clip.path} was a picture when it was checked`);
      return { input, footage: AS_IT_IS };
    }
    case 'drawn':
      return { input: drawnInput(clip.path, format, format.fps), footage: AS_IT_IS };
  }
}

const AS_IT_IS: Footage = { colors: [], transparent: false, tiny: false };

export interface ConformJob extends Pick<OpenedInput, 'footage'> {
  readonly input: number;
  readonly from: number;
  readonly frames: number;
  readonly out: string;
}

/**
 * Filters from input `input` to the pad `out`: frames `from` … `from + frames` of an item, in the film's size,
 * rate and colours. What ends early holds its last frame.
 */
export function conform(
  shown: Shown,
  format: CutFormat,
  { input, footage, from, frames, out }: ConformJob,
): string {
  const rate = rateOf(format);
  const wanted = [
    `trim=end_frame=${shown.played.frames}`,
    'tpad=stop_mode=clone:stop=-1',
    // One more than is used: overlay swallows the last one that it is given.
    `trim=start_frame=${from}:end_frame=${from + frames + 1}`,
    'setpts=PTS-STARTPTS',
  ].join(',');
  // Reading to the clip's end, ffmpeg 5.1's fps filter adds a frame of its own: hence the second trim. The fps
  // filter itself is for xfade, which in ffmpeg 7 wants to know the rate of what comes in.
  const ending = [
    ...['setsar=1', 'format=yuv420p', TAGGED],
    // Captions, timecodes, the light that a picture was mastered for: encoders write down what comes with a frame.
    'sidedata=mode=delete',
    ...[`fps=${rate}`, `trim=end_frame=${frames}`],
  ].join(',');
  return `[${input}:V:0]${framesOf(shown, format, { rate, wanted, from, footage, out })},${ending}[${out}]`;
}

/** `wanted` picks frames: before they are scaled where that is possible, since scaling costs most. */
function framesOf(
  { clip, played, itemFrames }: Shown,
  format: CutFormat,
  {
    rate,
    wanted,
    from,
    footage,
    out,
  }: Pick<ConformJob, 'from' | 'footage' | 'out'> & { rate: string; wanted: string },
): string {
  switch (clip.picture.kind) {
    case 'video': {
      const start = played.startSeconds - seekOf(played.startSeconds);
      const moved = start === 0 && played.speed === 1 ? '' : `setpts=(PTS-${start}/TB)/${played.speed},`;
      // Only what says of itself that it is interlaced is deinterlaced.
      const whole = footage.tiny ? '' : 'bwdif=mode=send_frame:deint=interlaced,';
      const picked = `${whole}${LASTING},${moved}fps=${rate}:start_time=0,${wanted}`;
      const seen = footage.transparent ? [onBackground(format, out)] : [];
      return [picked, ...footage.colors, ...seen, fitted(format, rate, out)].join(',');
    }
    case 'still': {
      const { move } = clip.picture;
      const shape = move === 'none' ? format : { ...format, ...sizeToMove(format), fit: 'cover' as const };
      const still = `${TO_RGBA},${fitted(shape, rate, out, true)},format=yuv420p,${repeated(rate)},${wanted}`;
      if (move === 'none') return still;
      const last = played.frames - 1;
      return `${still},${moving(move, format, `min(on-1+${from},${last})/${Math.max(1, itemFrames - 1)}`)}`;
    }
    case 'drawn':
      return `scale=${TO_FILM},format=yuv420p,${repeated(rate)},${wanted}`;
  }
}

/**
 * How long its last frame lasts is lost behind bwdif, and fps would drop it where it is all that there is to see. Not
 * endless: in a clip of no known rate, the copies have no times that ever came to an end.
 */
const LASTING = 'tpad=stop_mode=clone:stop=1000000';

/**
 * What can be seen through shows the background, in every fit. Before it is scaled: else the colours that nobody was to
 * see would come in at its edges.
 */
function onBackground({ background }: CutFormat, name: string): string {
  const [r, g, b] = [1, 3, 5].map(at => Number.parseInt(background.slice(at, at + 2), 16));
  const plain = `[${name}_behind]lutrgb=r=${r}:g=${g}:b=${b}:a=255,format=rgb24[${name}_plain]`;
  const over = `[${name}_plain][${name}_clear]overlay=format=rgb`;
  return `${TO_RGBA},split[${name}_behind][${name}_clear];${plain};${over}`;
}

const TO_RGBA = `scale=flags=${EXACT_SCALER},format=rgba`;

/** The film's rate in ffmpeg's words. */
export function rateOf({ fps }: Pick<CutFormat, 'fps'>): string {
  return `${fps.numerator}/${fps.denominator}`;
}

/** Decoded once, and repeated from memory. */
export function repeated(rate: string): string {
  return `loop=loop=-1:size=1:start=0,setpts=N/((${rate})*TB),fps=${rate}`;
}

/** `alpha`: what is transparent shows the background. */
function fitted(format: CutFormat, rate: string, name: string, alpha = false): string {
  const { width, height, fit, background } = format;
  const inside = within(width, height);
  const front = alpha ? 'format=yuva420p' : 'format=yuv420p';
  switch (fit) {
    case 'contain':
      return isGrey(background) && !alpha
        ? `${inside},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:${ffmpegColor(background)}`
        : onPaper(`${inside},${front}`, { width, height, background, rate, name });
    case 'cover': {
      const whole = covering(width, height);
      return alpha ? onPaper(`${whole},${front}`, { width, height, background, rate, name }) : whole;
    }
    case 'blur': {
      // Blurred small and made large again: soft at any size, and cheap. Darker, so that the eye stays on the clip.
      const small = covering(even(width / 8), even(height / 8));
      const back = `${small},format=yuv420p,gblur=sigma=5,lutyuv=y='16+(val-16)*0.6',scale=${width}:${height}:${TO_FILM}`;
      return `split[${name}_a][${name}_b];[${name}_a]${back}[${name}_back];[${name}_b]${inside},${front}[${name}_front];[${name}_back][${name}_front]overlay=(W-w)/2:(H-h)/2:format=yuv420`;
    }
  }
}

// By the shape that is shown, whatever the shape of the pixels; in one step, since in ffmpeg 7 a second scaler no longer
// knows by which matrix the colours of full range were made.

/**
 * As large as fits into a frame, of even sides; all of it where the shape is off by less than two pixels, as where odd
 * sides were made even: a black line at an edge would be seen, and that is not.
 */
function within(width: number, height: number): string {
  const fills = `lt(abs(${width}-${height}*dar),2)+lt(abs(${height}-${width}/dar),2)`;
  const side = (whole: number, fit: string) =>
    `'if(${fills},${whole},max(2,2*trunc(round(min(${whole},${fit}))/2)))'`;
  return `scale=w=${side(width, `${height}*dar`)}:h=${side(height, `${width}/dar`)}:${TO_FILM}`;
}

/** Fills a frame, and cuts off what stands out. */
function covering(width: number, height: number): string {
  const [w, h] = [`max(${width},${height}*dar)`, `max(${height},${width}/dar)`];
  return `scale=w='2*ceil(round(${w})/2)':h='2*ceil(round(${h})/2)':${TO_FILM},crop=${width}:${height}`;
}

/** In the middle of a plain colour; pad would take the colour for one of BT.601, and leave nothing to see through. */
function onPaper(
  front: string,
  paper: { width: number; height: number; background: Color; rate: string; name: string },
): string {
  const { width, height, background, rate, name } = paper;
  const color = `color=c=${ffmpegColor(background)}:s=${width}x${height}:r=${rate}`;
  return `${front}[${name}_front];${color},format=gbrp,scale=${TO_FILM},format=yuv420p[${name}_back];[${name}_back][${name}_front]overlay=(W-w)/2:(H-h)/2:format=yuv420:shortest=1`;
}

function ffmpegColor(color: Color): string {
  return `0x${color.slice(1)}`;
}

/** How much closer a zoom ends than it begins, and how much a pan leaves out: slow, at any length. */
const ZOOM = 0.12;
/**
 * What lies between two pixels is a guess, which softens what is fine: in one frame more than in the next, so that the
 * picture would breathe. Guessed on a grid finer than the film's, it stays sharp; each step finer costs its square.
 */
const FINER = 1.25;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of the picture that a move goes over: where it is closest, it has as many pixels as the finer grid. */
function sizeToMove({ width, height }: Size): Size {
  return { width: even(width * FINER * (1 + ZOOM)), height: even(height * FINER * (1 + ZOOM)) };
}

/**
 * A slow move. zoompan and crop go by whole pixels, and tremble; `perspective` goes by 1/256 of one. What it makes is
 * as large as what it is given, so the view is put into the corner and cut out there. `gone`: how much of the move
 * lies behind a frame, from 0 to 1.
 */
function moving(move: Exclude<Move, 'none'>, { width, height }: Size, gone: string): string {
  const left = `(1-${gone})`;
  const zoom = `(1+${ZOOM}${move === 'zoom-in' ? `*${gone}` : move === 'zoom-out' ? `*${left}` : ''})`;
  /** From where the first pixel of an axis is taken, and the one behind the last; `whole` is the picture's length. */
  const axis = (whole: 'W' | 'H', length: number, along: string) => {
    const view = `${length * FINER * (1 + ZOOM)}/${zoom}`;
    const step = `${view}/${even(length * FINER)}`;
    // A pixel is asked for by its middle.
    const first = `(${whole}-${view})*${along}+(${step}-1)/2`;
    return [first, `${first}+${whole}*${step}`];
  };
  const [x, endX] = axis('W', width, move === 'pan-right' ? gone : move === 'pan-left' ? left : '0.5');
  const [y, endY] = axis('H', height, move === 'pan-down' ? gone : move === 'pan-up' ? left : '0.5');
  const corners = [x, y, endX, y, x, endY, endX, endY].map(
    (place, at) => `${at % 2 === 0 ? 'x' : 'y'}${Math.floor(at / 2)}='${place}'`,
  );
  const view = `perspective=${corners.join(':')}:sense=source:eval=frame:interpolation=cubic`;
  const cut = `crop=${even(width * FINER)}:${even(height * FINER)}:0:0`;
  return `${view},${cut},scale=${width}:${height}:${TO_FILM.replace('bicubic', 'lanczos')}`;
}

/** The same in every matrix of colours. */
export function isGrey(color: Color): boolean {
  return color.slice(1, 3) === color.slice(3, 5) && color.slice(3, 5) === color.slice(5, 7);
}

function seekOf(startSeconds: number): number {
  return startSeconds > 2 * RUN_UP_SECONDS ? Math.floor(startSeconds - RUN_UP_SECONDS) : 0;
}

function even(length: number): number {
  return Math.max(2, 2 * Math.round(length / 2));
}
