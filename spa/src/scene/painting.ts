import type { Answer, Frame, Order } from "./frame";

const MOST_PIXEL_RATIO = 2;

/** What happens in the thread that draws. */
export interface PaintingEvents {
  /** It can begin; the name of what draws. */
  ready(renderer: string): void;
  /** The last frame is done. */
  painted(): void;
  /** It cannot draw, or not any more. */
  lost(): void;
}

/** The thread that draws, so that slow graphics never hold up the page. One frame at a time. */
export class Painting {
  /** No frame may be sent now. */
  isBusy = true;
  private readonly thread: Worker;

  /** Throws where canvases cannot be drawn by another thread. */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly events: PaintingEvents,
  ) {
    this.thread = new Worker(new URL("./painter-thread.ts", import.meta.url), { type: "module" });
    this.thread.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.hear(data));
    this.thread.addEventListener("error", () => events.lost());
    const offscreen = canvas.transferControlToOffscreen();
    this.order({ kind: "begin", canvas: offscreen }, [offscreen]);
  }

  /** Draw for so many CSS pixels; `scaling`: how many of them one drawn pixel covers in each direction. */
  size(width: number, height: number, scaling: number): void {
    const ratio = Math.min(MOST_PIXEL_RATIO, window.devicePixelRatio || 1) / scaling;
    this.order({ kind: "size", width: Math.round(width * ratio), height: Math.round(height * ratio) });
  }

  /** Draw this. Its numbers are given away. */
  paint(frame: Frame): void {
    this.isBusy = true;
    const given = [frame.bodies.buffer, frame.arcs.buffer, ...(frame.floor ? [frame.floor.buffer] : [])];
    this.order({ kind: "paint", frame }, given);
  }

  dispose(): void {
    this.thread.terminate();
  }

  private hear(answer: Answer): void {
    if (answer.kind === "lost") {
      this.events.lost();
      return;
    }
    this.isBusy = false;
    if (answer.kind === "ready") this.events.ready(answer.renderer);
    else this.events.painted();
  }

  private order(order: Order, given: Transferable[] = []): void {
    this.thread.postMessage(order, given);
  }
}
