import type { Seat } from "../state/layout";

/** How the scene is looked at. */
export type View = "orbit" | "top";

/** Where the camera is: around `target`, turned by `alpha`, raised by `beta` from straight down, `radius` away. */
export interface Pose {
  alpha: number;
  beta: number;
  radius: number;
  x: number;
  y: number;
  z: number;
}

/** Part of the screen that is free: of its width, and of its height. */
export interface Share {
  width: number;
  height: number;
}

const WHOLE: Share = { width: 1, height: 1 };

/** The lens: the angle from top to bottom. */
export const LENS = 0.8;
const KEYS = ["alpha", "beta", "radius", "x", "y", "z"] as const;
const STEEPEST = 0.15;
const FLATTEST = 1.5;
const NEAREST = 4;
const STILL = 0.0006;
const FRICTION = 5.5;
const PULL = 7;
const MOST_STEP_S = 0.1;
const TURN_PER_PIXEL = 0.0055;
const PAN_PER_PIXEL = 0.0014;
const HOME_ALPHA = -Math.PI / 2;
const HOME_BETA = 0.92;
const USED_HEIGHT = 0.84;
const USED_WIDTH = 0.92;
const FOCUS_RADIUS = 15;

/** The camera's motion: turned, moved and zoomed by hand with inertia, or drawn to a goal. Knows no engine. */
export class Rig {
  pose: Pose = { alpha: -Math.PI / 2, beta: 1.02, radius: 30, x: 0, y: 0, z: 0 };
  private goal: Pose | null = null;
  private readonly speed = { alpha: 0, beta: 0, x: 0, z: 0 };
  private farthest = 120;
  private home: Pose = { ...this.pose };
  view: View = "orbit";
  /** No motion by itself: goals are reached at once. */
  isStill = false;

  /** Fit everything within a radius into the free part of the screen; `aspect` is width by height. `now`: go there at once. */
  fit(extent: number, aspect: number, now: boolean, free: Share = WHOLE): void {
    this.home = this.homeFor(extent, aspect, free);
    this.farthest = this.home.radius * 2.2;
    if (now) this.pose = { ...this.home };
  }

  /** From where everything within a radius is seen in the free part of the screen. */
  homeFor(extent: number, aspect: number, free: Share): Pose {
    return this.view === "top" ? topPose(extent, aspect, free) : orbitPose(extent, aspect, free);
  }

  /** Go back to where everything is seen. */
  goHome(): void {
    this.goTo(this.home);
  }

  /** Look at a seat from near by. */
  focus(seat: Seat): void {
    const radius = Math.min(this.pose.radius, FOCUS_RADIUS);
    this.goTo({ ...this.pose, x: seat.x, y: this.view === "top" ? 0 : seat.y, z: seat.z, radius });
  }

  /** Turn by pixels of a drag; the view from above is moved instead. */
  turn(dx: number, dy: number): void {
    if (this.view === "top") {
      this.pan(dx, dy);
      return;
    }
    this.goal = null;
    this.shift({ alpha: -dx * TURN_PER_PIXEL, beta: -dy * TURN_PER_PIXEL, x: 0, z: 0 });
  }

  /** Move sideways by pixels of a drag. */
  pan(dx: number, dy: number): void {
    this.goal = null;
    const reach = this.pose.radius * PAN_PER_PIXEL;
    const angle = this.view === "top" ? -Math.PI / 2 : this.pose.alpha;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    this.shift({ alpha: 0, beta: 0, x: (dx * sin - dy * cos) * reach, z: (-dx * cos - dy * sin) * reach });
  }

  /** Come nearer (factor under 1) or go away. */
  zoom(factor: number): void {
    const from = this.goal ?? this.pose;
    this.goTo({ ...from, radius: from.radius * factor });
  }

  /** Let time go by; false when the camera rests. */
  step(seconds: number): boolean {
    const time = Math.min(seconds, MOST_STEP_S);
    return this.goal ? this.approach(this.goal, time) : this.drift(time);
  }

  private approach(goal: Pose, time: number): boolean {
    const part = this.isStill ? 1 : 1 - Math.exp(-PULL * time);
    let farthest = 0;
    for (const key of KEYS) {
      const rest = goal[key] - this.pose[key];
      this.pose[key] += rest * part;
      farthest = Math.max(farthest, Math.abs(rest * (1 - part)));
    }
    if (farthest > STILL * this.pose.radius) return true;
    this.pose = { ...goal };
    this.goal = null;
    return false;
  }

  private drift(time: number): boolean {
    const { speed } = this;
    const isMoving = Math.hypot(speed.alpha, speed.beta) > STILL * 4 || Math.hypot(speed.x, speed.z) > STILL * 40;
    if (!isMoving) return false;
    const kept = Math.exp(-FRICTION * time);
    for (const key of ["alpha", "beta", "x", "z"] as const) {
      this.pose[key] += speed[key] * time;
      speed[key] *= kept;
    }
    this.bound();
    return true;
  }

  private shift(by: { alpha: number; beta: number; x: number; z: number }): void {
    const SPEED_OF_STEP = 14;
    for (const key of ["alpha", "beta", "x", "z"] as const) {
      this.pose[key] += by[key];
      this.speed[key] = this.isStill ? 0 : by[key] * SPEED_OF_STEP;
    }
    this.bound();
  }

  private goTo(goal: Pose): void {
    for (const key of ["alpha", "beta", "x", "z"] as const) this.speed[key] = 0;
    const full = 2 * Math.PI;
    const alpha = goal.alpha + Math.round((this.pose.alpha - goal.alpha) / full) * full;
    this.goal = { ...goal, alpha, radius: Math.min(this.farthest, Math.max(NEAREST, goal.radius)) };
  }

  private bound(): void {
    this.pose.beta = Math.min(FLATTEST, Math.max(STEEPEST, this.pose.beta));
    const most = this.home.radius;
    this.pose.x = Math.min(most, Math.max(-most, this.pose.x));
    this.pose.z = Math.min(most, Math.max(-most, this.pose.z));
  }
}

function topPose(extent: number, aspect: number, free: Share): Pose {
  const radius = (extent * 2) / (USED_HEIGHT * Math.min(free.height, aspect * free.width));
  return { alpha: HOME_ALPHA, beta: HOME_BETA, radius, x: 0, y: 0, z: 0 };
}

/** As near as a circle on the floor fits in, moved so that it lies in the middle of the screen. */
function orbitPose(extent: number, aspect: number, free: Share): Pose {
  const seen = (aspect * free.width) / free.height;
  // a tall screen is filled better from above
  const beta = seen < 1 ? HOME_BETA * Math.max(seen, 0.5) : HOME_BETA;
  const [sin, cos, lens] = [Math.sin(beta), Math.cos(beta), Math.tan(LENS / 2)];
  for (let radius = extent; ; radius *= 1.03) {
    const nearer = (Math.sqrt(radius ** 2 + (2 * extent * sin) ** 2) - radius) / (2 * sin);
    const height = ((extent + nearer) * cos) / ((radius + (extent + nearer) * sin) * lens);
    const width = extent / (radius * lens * aspect);
    if (height <= USED_HEIGHT * free.height && width <= USED_WIDTH * free.width)
      return { alpha: HOME_ALPHA, beta, radius, x: 0, y: 0, z: -nearer };
  }
}
