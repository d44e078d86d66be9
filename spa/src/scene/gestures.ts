const TAP_PX = 6;
const WHEEL = 0.0011;

/** What hands and mouse mean. */
export interface GestureEvents {
  turn(dx: number, dy: number): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number): void;
  tap(x: number, y: number, isDouble: boolean): void;
  hover(x: number, y: number): void;
}

/** Reads pointers and wheel of an element: one finger turns, two move and zoom, a tap picks. */
export class Gestures {
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private readonly abort = new AbortController();
  private travelled = 0;

  constructor(
    private readonly target: HTMLElement,
    private readonly events: GestureEvents,
  ) {
    const { signal } = this.abort;
    target.addEventListener("pointerdown", (event) => this.down(event), { signal });
    target.addEventListener("pointermove", (event) => this.move(event), { signal });
    target.addEventListener("pointerup", (event) => this.up(event), { signal });
    target.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId), { signal });
    target.addEventListener("pointerleave", () => this.events.hover(-1, -1), { signal });
    target.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    target.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
  }

  dispose(): void {
    this.abort.abort();
    this.pointers.clear();
  }

  private down(event: PointerEvent): void {
    if (!this.pointers.size) this.travelled = 0;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.target.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      this.events.hover(event.offsetX, event.offsetY);
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    this.travelled += Math.hypot(dx, dy);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    if (this.travelled < TAP_PX) return;
    if (other) this.pinch(before, now, other, dx, dy);
    else if (event.shiftKey || (event.buttons & 6) !== 0) this.events.pan(dx, dy);
    else this.events.turn(dx, dy);
  }

  private pinch(
    before: { x: number; y: number },
    now: { x: number; y: number },
    other: { x: number; y: number },
    dx: number,
    dy: number,
  ): void {
    const was = Math.hypot(before.x - other.x, before.y - other.y);
    const is = Math.hypot(now.x - other.x, now.y - other.y);
    if (is > 1) this.events.zoom(was / is);
    this.events.pan(dx / 2, dy / 2);
  }

  private up(event: PointerEvent): void {
    const isLast = this.pointers.delete(event.pointerId) && !this.pointers.size;
    if (isLast && this.travelled < TAP_PX) this.events.tap(event.offsetX, event.offsetY, event.detail > 1);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 20 : event.deltaY;
    this.events.zoom(Math.exp(Math.max(-400, Math.min(400, pixels)) * WHEEL));
  }
}
