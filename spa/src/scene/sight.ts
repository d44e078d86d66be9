import type { Seat } from "../state/layout";
import { Lens } from "./lens";
import { Rig, type View } from "./rig";

const HANDLED_FOR_MS = 1_500;
const FIRST_STEP_S = 0.016;
const KEY_STEP_PX = 28;
const MARGIN = 0.6;

/** Where the scene is looked at from: moved by hands and keys, fitted to what there is while nobody has moved it. */
export class Sight {
  readonly lens = new Lens();
  private readonly rig = new Rig();
  private handledAt = Number.NEGATIVE_INFINITY;
  private isTouched = false;
  private isFitted = false;

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

  /** See a circle of this radius whole, unless somebody looks at a part of it. */
  fit(radius: number): void {
    const { width, height } = this.lens;
    if (width <= 1) return;
    this.rig.fit(radius + MARGIN, width / height, !this.isFitted);
    if (this.isFitted && !this.isTouched) this.rig.goHome();
    this.isFitted = true;
  }

  /** Let time go by; false when the camera rests. */
  step(seconds: number): boolean {
    const isMoving = this.rig.step(seconds || FIRST_STEP_S);
    this.lens.aim(this.rig);
    return isMoving;
  }

  private handled(): void {
    this.isTouched = true;
    this.handledAt = performance.now();
    this.moved();
  }
}
