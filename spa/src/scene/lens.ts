import type { Seat } from "../state/layout";
import { LENS, type Rig } from "./rig";

type Vector = readonly [number, number, number];

const NEAREST = 0.1;
const FARTHEST = 600;
const TOP_HEIGHT = 200;
const TOP_REACH = 0.5;

/** A place as seen: CSS pixels, and how large one unit of the scene is there. */
export interface Seen {
  x: number;
  y: number;
  scale: number;
}

/** What the camera sees: turns a rig's pose into numbers, and places into points of the screen. */
export class Lens {
  readonly camera = new Float32Array(16);
  right: Vector = [1, 0, 0];
  up: Vector = [0, 1, 0];
  width = 1;
  height = 1;
  isFlat = false;
  /** How far the middle of what is seen is moved, in halves of the screen: right and up. */
  shift: readonly [number, number] = [0, 0];
  private eye: Vector = [0, 0, 0];
  private reach = 1;

  /** Take the size of the screen in CSS pixels. */
  size(width: number, height: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  /** Look as the rig says. */
  aim(rig: Pick<Rig, "pose" | "view">): void {
    const { alpha, beta, radius, x, y, z } = rig.pose;
    this.isFlat = rig.view === "top";
    const flat = Math.sin(beta) * radius;
    this.eye = this.isFlat
      ? [x, TOP_HEIGHT, z]
      : [x + Math.cos(alpha) * flat, y + Math.cos(beta) * radius, z + Math.sin(alpha) * flat];
    const forward = unit(this.isFlat ? [0, -1, 0] : [x - this.eye[0], y - this.eye[1], z - this.eye[2]]);
    this.right = unit(cross(this.isFlat ? [0, 0, 1] : [0, 1, 0], forward));
    this.up = cross(forward, this.right);
    this.reach = radius * TOP_REACH;
    this.project(forward);
  }

  /** Where a place is seen; null behind the camera. */
  see(seat: Seat): Seen | null {
    const m = this.camera;
    const y = this.isFlat ? 0 : seat.y;
    const at = (row: number): number =>
      seat.x * (m[row] ?? 0) + y * (m[4 + row] ?? 0) + seat.z * (m[8 + row] ?? 0) + (m[12 + row] ?? 0);
    const depth = at(3);
    if (depth <= 0) return null;
    return {
      x: (at(0) / depth + 1) * 0.5 * this.width,
      y: (1 - at(1) / depth) * 0.5 * this.height,
      scale: (this.height * 0.5) / (this.isFlat ? this.reach : Math.tan(LENS / 2) * depth),
    };
  }

  /** How far a place is from the camera. */
  distance(seat: Seat): number {
    return Math.hypot(seat.x - this.eye[0], seat.y - this.eye[1], seat.z - this.eye[2]);
  }

  /** Columns of view times projection. */
  private project(forward: Vector): void {
    const aspect = this.width / this.height;
    const zoom = this.isFlat ? 1 / this.reach : 1 / Math.tan(LENS / 2);
    const depth = FARTHEST - NEAREST;
    const [scale, shift] = this.isFlat
      ? [2 / depth, -(FARTHEST + NEAREST) / depth]
      : [(FARTHEST + NEAREST) / depth, (-2 * FARTHEST * NEAREST) / depth];
    const w = this.isFlat ? 0 : 1;
    const from = (axis: Vector): number => -(axis[0] * this.eye[0] + axis[1] * this.eye[1] + axis[2] * this.eye[2]);
    const column = (index: number, right: number, up: number, ahead: number, last: number): void =>
      this.camera.set(
        moved(
          [(right * zoom) / aspect, up * zoom, ahead * scale + last * shift, ahead * w + last * (1 - w)],
          this.shift,
        ),
        index * 4,
      );
    for (const index of [0, 1, 2] as const) column(index, this.right[index], this.up[index], forward[index], 0);
    column(3, from(this.right), from(this.up), from(forward), 1);
  }
}

function moved([x, y, z, w]: readonly [number, number, number, number], by: readonly [number, number]): number[] {
  return [x + by[0] * w, y + by[1] * w, z, w];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(vector: Vector): Vector {
  const length = Math.hypot(...vector) || 1;
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}
