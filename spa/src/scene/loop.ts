import type { Level, Quality } from "./quality";

const SLACK_MS = 4;
const FRAME_MS = 8;
const KEPT_INTERVALS = 600;
const MOST_STEP_S = 0.25;
const SHORTEST_MS = 16;

/** Figures of the frames that were drawn. */
export interface FrameFigures {
  drawn: number;
  /** Milliseconds of the frame that took longest on the page's own thread. */
  slowest: number;
  /** Milliseconds between the last frames that followed each other. */
  intervals: number[];
}

/** Asks for frames only while something moves and somebody can see it, no faster than needed. */
export class Loop {
  readonly figures: FrameFigures = { drawn: 0, slowest: 0, intervals: [] };
  private request = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;
  private wanted = 0;
  private isHeldUp = false;
  private readonly seen = (): void => this.wake();

  /** While `isBusy` no frame is drawn; call `goOn` after it. `draw` takes the seconds since the last frame; it returns the milliseconds until the next one, 0: none. */
  constructor(
    readonly quality: Quality,
    private readonly isBusy: () => boolean,
    private readonly draw: (seconds: number, now: number) => number,
    private readonly moved: (level: Level) => void,
  ) {
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Draw at least one more frame. */
  wake(): void {
    if (this.request || this.timer !== undefined || document.hidden) return;
    // waiting for a timer costs nothing; asking for every frame of the browser would make it draw all of them
    const rest = this.wanted - (performance.now() - this.last) - FRAME_MS;
    if (rest > FRAME_MS) this.timer = setTimeout(() => this.ask(), rest);
    else this.ask();
  }

  /** The frame before is done. */
  goOn(): void {
    if (!this.isHeldUp) return;
    this.isHeldUp = false;
    this.wake();
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
  }

  private ask(): void {
    this.timer = undefined;
    this.request = requestAnimationFrame((now) => this.frame(now));
  }

  private frame(now: number): void {
    this.request = 0;
    this.isHeldUp = this.isBusy();
    if (this.isHeldUp) return;
    const passed = now - this.last;
    if (this.wanted && passed < this.wanted - SLACK_MS) {
      this.wake();
      return;
    }
    if (this.wanted && this.quality.note(passed, Math.max(this.wanted, SHORTEST_MS))) this.moved(this.quality.level);
    if (this.wanted && this.figures.intervals.push(passed) > KEPT_INTERVALS) this.figures.intervals.shift();
    const seconds = this.wanted ? Math.min(passed / 1000, MOST_STEP_S) : 0;
    this.last = now;
    const began = performance.now();
    this.wanted = this.draw(seconds, now);
    this.figures.drawn += 1;
    this.figures.slowest = Math.max(this.figures.slowest, performance.now() - began);
    if (this.wanted) this.wake();
  }
}
