import type { Palette } from "./palette";

/** Numbers for each thing that is drawn: four vectors of its shader. */
export const STRIDE = 16;

/** All that is drawn at a moment, as numbers: it goes to the thread that draws. */
export interface Frame {
  /** View and projection, column by column. */
  camera: Float32Array;
  right: readonly number[];
  up: readonly number[];
  /** Size of a CSS pixel in the coordinates of the screen. */
  pixel: readonly [number, number];
  isFlat: boolean;
  colors: Pick<Palette, "lit" | "text" | "bg" | "isDark">;
  bodies: Float32Array;
  arcs: Float32Array;
  /** Only when it has changed. */
  floor: Float32Array | null;
}

/** To the thread that draws. */
export type Order =
  | { kind: "begin"; canvas: OffscreenCanvas }
  | { kind: "size"; width: number; height: number }
  | { kind: "paint"; frame: Frame };

/** From the thread that draws: ready with the name of what draws, a frame is done, or it cannot go on. */
export type Answer = { kind: "ready"; renderer: string } | { kind: "painted" } | { kind: "lost"; reason: string };

/** Numbers that grow with need; what was written is taken out as its own array. */
export class Numbers {
  private all = new Float32Array(STRIDE);
  private length = 0;

  /** Begin again with room for so many things. */
  begin(things: number): void {
    const wanted = things * STRIDE;
    if (wanted > this.all.length) this.all = new Float32Array(wanted * 2);
    this.length = 0;
  }

  /** Write the sixteen numbers of the next thing. */
  add(...numbers: number[]): void {
    this.all.set(numbers, this.length);
    this.length += STRIDE;
  }

  /** What was written. */
  taken(): Float32Array {
    return this.all.slice(0, this.length);
  }
}
