import type { Level, Quality } from "./quality";

const SLACK_MS = 4;
const MOST_STEP_S = 0.25;
const SHORTEST_MS = 16;

/** Figures of the frames that were drawn. */
export interface FrameFigures {
  drawn: number;
  /** Milliseconds of the frame that took longest on the page's own thread. */
  slowest: number;
}

/** Asks for frames only while something moves and somebody can see it, no faster than needed. */
export class Loop {
  readonly figures: FrameFigures = { drawn: 0, slowest: 0 };
  private request = 0;
  private last = 0;
  private wanted = 0;
  private readonly seen = (): void => this.wake();

  /** `draw` takes the seconds since the last frame; it returns the milliseconds until the next one, 0: none. */
  constructor(
    readonly quality: Quality,
    private readonly draw: (seconds: number, now: number) => number,
    private readonly moved: (level: Level) => void,
  ) {
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Draw at least one more frame. */
  wake(): void {
    if (this.request || document.hidden) return;
    this.request = requestAnimationFrame((now) => this.frame(now));
  }

  dispose(): void {
    cancelAnimationFrame(this.request);
    document.removeEventListener("visibilitychange", this.seen);
  }

  private frame(now: number): void {
    this.request = 0;
    const passed = now - this.last;
    if (this.wanted && passed < this.wanted - SLACK_MS) {
      this.wake();
      return;
    }
    if (this.wanted && this.quality.note(passed, Math.max(this.wanted, SHORTEST_MS))) this.moved(this.quality.level);
    const seconds = this.wanted ? Math.min(passed / 1000, MOST_STEP_S) : 0;
    this.last = now;
    const began = performance.now();
    this.wanted = this.draw(seconds, now);
    this.figures.drawn += 1;
    this.figures.slowest = Math.max(this.figures.slowest, performance.now() - began);
    if (this.wanted) this.wake();
  }
}
