import type { Seat } from "../state/layout";
import type { Box } from "./declutter";
import { type Free, freeParts } from "./framing";
import { Lens } from "./lens";
import { type Pose, Rig, type View } from "./rig";

const HANDLED_FOR_MS = 1_500;
const FIRST_STEP_S = 0.016;
const KEY_STEP_PX = 28;
const MARGIN = 0.6;
const POINTS = 96;
const WHOLE: Free = { width: 1, height: 1, shift: [0, 0] };

/** Where the scene is looked at from: moved by hands and keys, fitted to what there is while nobody has moved it. */
export class Sight {
  readonly lens = new Lens();
  private readonly rig = new Rig();
  private handledAt = Number.NEGATIVE_INFINITY;
  private isTouched = false;
  private isFitted = false;
  private free: Free = WHOLE;
  private fitted = "";

  /** `moved` is called after each movement. */
  constructor(
    view: View,
    private readonly moved: () => void,
  ) {
    this.rig.view = view;
  }

  /** Whether motion is unwanted. */
  setStill(isStill: boolean): void {
    this.rig.isStill = isStill;
  }

  /** Whether a person moved it just now. */
  isHandled(now: number): boolean {
    return now - this.handledAt < HANDLED_FOR_MS;
  }

  /** Turn by pixels of a drag. */
  turn(dx: number, dy: number): void {
    this.rig.turn(dx, dy);
    this.handled();
  }

  /** Turn by steps of a key. */
  nudge(dx: number, dy: number): void {
    this.turn(dx * KEY_STEP_PX, dy * KEY_STEP_PX);
  }

  /** Move sideways by pixels of a drag. */
  pan(dx: number, dy: number): void {
    this.rig.pan(dx, dy);
    this.handled();
  }

  /** Come nearer (factor under 1) or go away. */
  zoom(factor: number): void {
    this.rig.zoom(factor);
    this.handled();
  }

  /** Look at a place from near by. */
  focus(seat: Seat): void {
    this.rig.focus(seat);
    this.isTouched = true;
  }

  /** See everything, from now on too. */
  home(): void {
    this.isTouched = false;
    this.rig.goHome();
    this.moved();
  }

  /** See a circle of this radius whole beside what covers the screen, unless somebody looks at a part of it. */
  fit(radius: number, covered: readonly Box[] = []): void {
    const { width, height } = this.lens;
    if (width <= 1) return;
    const wanted = JSON.stringify([radius, width, height, covered]);
    if (wanted !== this.fitted) this.free = this.best(radius + MARGIN, covered);
    this.fitted = wanted;
    const { free } = this;
    this.lens.shift = free.shift;
    this.rig.fit(radius + MARGIN, width / height, !this.isFitted, free);
    if (this.isFitted && !this.isTouched) this.rig.goHome();
    this.isFitted = true;
  }

  /** Let time go by; false when the camera rests. */
  step(seconds: number): boolean {
    const isMoving = this.rig.step(seconds || FIRST_STEP_S);
    this.lens.aim(this.rig);
    return isMoving;
  }

  /** The free part of the screen in which the circle is seen largest, with nothing over it. */
  private best(extent: number, covered: readonly Box[]): Free {
    const { width, height } = this.lens;
    const parts = freeParts(covered, width, height).map((free) => ({
      free,
      pose: this.rig.homeFor(extent, width / height, free),
    }));
    const clear = parts.filter(({ free, pose }) => !this.meets(extent, covered, free, pose));
    const [best] = (clear.length ? clear : parts).sort((a, b) => a.pose.radius - b.pose.radius);
    return best?.free ?? WHOLE;
  }

  private meets(extent: number, covered: readonly Box[], free: Free, pose: Pose): boolean {
    const lens = new Lens();
    lens.size(this.lens.width, this.lens.height);
    lens.shift = free.shift;
    lens.aim({ pose, view: this.rig.view });
    for (let turn = 0; turn < POINTS; turn += 1) {
      const angle = (turn / POINTS) * 2 * Math.PI;
      const seen = lens.see({ x: Math.cos(angle) * extent, y: 0, z: Math.sin(angle) * extent });
      if (seen && covered.some((box) => lies(box, seen.x, seen.y))) return true;
    }
    return false;
  }

  private handled(): void {
    this.isTouched = true;
    this.handledAt = performance.now();
    this.moved();
  }
}

function lies(box: Box, x: number, y: number): boolean {
  return x > box.left && x < box.right && y > box.top && y < box.bottom;
}
