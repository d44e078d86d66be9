import type { Box } from "../../scene/declutter";

/** Watches which parts of the scene other elements lie over; the first one is a bar along the upper edge. Parts only grow until the scene's size changes, so that the camera rests. */
export class Cover {
  private watched: readonly Element[] = [];
  private size = "";
  private boxes: Box[] = [];
  private observer: ResizeObserver | undefined;

  constructor(private readonly changed: (boxes: readonly Box[]) => void) {}

  /** Watch these over this scene. */
  follow(scene: Element, parts: readonly Element[]): void {
    const wanted = parts.length ? [scene, ...parts] : [];
    if (wanted.length === this.watched.length && wanted.every((one, index) => one === this.watched[index])) return;
    this.forget();
    this.watched = wanted;
    this.observer = new ResizeObserver(() => this.measure(scene, parts));
    for (const one of wanted) this.observer.observe(one);
  }

  /** Watch nothing any more. */
  forget(): void {
    this.observer?.disconnect();
    this.watched = [];
  }

  private measure(scene: Element, parts: readonly Element[]): void {
    const whole = scene.getBoundingClientRect();
    const size = `${whole.width} ${whole.height}`;
    const before = size === this.size ? this.boxes : [];
    this.size = size;
    const boxes = parts.map((part, index) => widest(boxIn(whole, part, index === 0), before[index]));
    if (JSON.stringify(boxes) === JSON.stringify(this.boxes)) return;
    this.boxes = boxes;
    this.changed(boxes);
  }
}

function boxIn(whole: DOMRect, part: Element, isBar: boolean): Box {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  const box = { left: left - whole.left, top: top - whole.top, right: right - whole.left, bottom: bottom - whole.top };
  return isBar ? { left: 0, top: 0, right: whole.width, bottom: box.bottom } : box;
}

function widest(a: Box, b: Box | undefined): Box {
  if (!b) return a;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}
