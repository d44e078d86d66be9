import { type Seat, steadyChance } from "../state/layout";
import type { Body } from "./facts";
import { Numbers } from "./frame";
import type { Palette } from "./palette";

const FORMS = { agent: 0, ghost: 0, device: 10, person: 20, bus: 30 } as const;
const STYLES = { solid: 0, hollow: 1, paused: 2, cross: 3, dashed: 4 } as const;
const BEAT_S = 1.3;
const GROW_PER_S = 1.8;
const FALL_PER_S = 0.75;
const GLIDE = 4;
const LIT_PER_S = 2.5;
const NEAR = 0.002;
const REBORN = 0.2;

interface Drawn {
  body: Body;
  at: { x: number; y: number; z: number };
  grown: number;
  whole: number;
  lit: number;
  beat: number;
  /** Gone from the facts; it falls apart and is then dropped. */
  isGone: boolean;
  order: number;
  /** Always the same for a place; how it falls apart. */
  chance: number;
}

/** Draws all places: grows what comes, lets fall what goes, pulses at heartbeats. */
export class Bodies {
  private readonly numbers = new Numbers();
  private readonly drawn = new Map<string, Drawn>();
  private sorted: Drawn[] = [];
  private isFirst = true;

  /** Take what is to be seen now. What stopped being solid falls apart and leaves its mark. */
  set(bodies: readonly Body[], isStill: boolean): void {
    const keys = new Set(bodies.map((body) => body.key));
    for (const body of bodies) {
      const known = this.drawn.get(body.key);
      if (!known) this.drawn.set(body.key, this.come(body, isStill));
      else {
        const wasAlive = isAlive(known.body);
        if (wasAlive && !isAlive(body) && !isStill) known.whole = 1 - NEAR;
        if ((!wasAlive && isAlive(body)) || known.isGone) {
          known.grown = isStill ? 1 : REBORN;
          known.whole = 1;
        }
        known.body = body;
        known.isGone = false;
      }
    }
    for (const [key, drawn] of this.drawn) {
      if (keys.has(key)) continue;
      if (isStill) this.drawn.delete(key);
      else drawn.isGone = true;
    }
    this.isFirst = false;
    this.sorted = [...this.drawn.values()];
  }

  /** A heartbeat of a place really came. */
  beat(key: string): boolean {
    const drawn = this.drawn.get(key);
    if (drawn) drawn.beat = NEAR;
    return drawn !== undefined;
  }

  /** A place has died, however soon it is back: it falls apart, then grows in again if it lives. */
  fall(key: string): void {
    const drawn = this.drawn.get(key);
    if (drawn && isAlive(drawn.body)) drawn.whole = 1 - NEAR;
  }

  /** Where a place is drawn now. */
  at(key: string): Seat | undefined {
    return this.drawn.get(key)?.at;
  }

  all(): Iterable<{ body: Body; at: Seat }> {
    return this.sorted;
  }

  /** Let time go by; false when all rest. `settled` is false while places move. */
  step(seconds: number, isStill: boolean): { isMoving: boolean; isBeating: boolean } {
    let [isMoving, isBeating] = [false, false];
    for (const [key, drawn] of this.drawn) {
      isMoving = this.stepOne(key, drawn, seconds, isStill) || isMoving;
      if (drawn.beat > 0) {
        drawn.beat += seconds / BEAT_S;
        if (drawn.beat >= 1 || isStill) drawn.beat = 0;
        isBeating = true;
      }
    }
    return { isMoving, isBeating };
  }

  /** All places for the shader, farthest first. */
  write(palette: Palette, distance: (seat: Seat) => number, selected: string, hovered: string): Float32Array {
    for (const drawn of this.sorted) drawn.order = distance(drawn.at);
    this.sorted.sort((a, b) => b.order - a.order);
    this.numbers.begin(this.sorted.length);
    for (const drawn of this.sorted) {
      const { body, at } = drawn;
      const form = FORMS[body.kind] + (drawn.whole < 1 ? STYLES.solid : STYLES[body.style]);
      const mark = body.key === selected ? 2 : body.key === hovered ? 1 : 0;
      const busy = body.isActive && body.kind === "agent" ? 1 : 0;
      const life = [drawn.beat, body.cost, ease(drawn.grown), drawn.lit] as const;
      const mood = [busy + mark * 2, body.isDim ? 1 : 0, drawn.whole, drawn.chance] as const;
      this.numbers.add(at.x, at.y, at.z, body.size, ...palette[body.tone], form, ...life, ...mood);
    }
    return this.numbers.taken();
  }

  private come(body: Body, isStill: boolean): Drawn {
    const grown = this.isFirst || isStill ? 1 : 0;
    const lit = body.kind === "device" && body.isActive ? 1 : 0;
    return {
      body,
      at: { ...body.seat },
      grown,
      whole: 1,
      lit,
      beat: 0,
      isGone: false,
      order: 0,
      chance: steadyChance(body.key),
    };
  }

  private stepOne(key: string, drawn: Drawn, seconds: number, isStill: boolean): boolean {
    const { body, at } = drawn;
    const part = isStill ? 1 : 1 - Math.exp(-GLIDE * seconds);
    const rest = { x: body.seat.x - at.x, y: body.seat.y - at.y, z: body.seat.z - at.z };
    at.x += rest.x * part;
    at.y += rest.y * part;
    at.z += rest.z * part;
    let isMoving = Math.abs(rest.x) + Math.abs(rest.y) + Math.abs(rest.z) > NEAR;
    const light = body.kind === "device" && body.isActive ? 1 : 0;
    if (drawn.lit !== light) {
      drawn.lit = toward(drawn.lit, light, isStill ? 1 : LIT_PER_S * seconds);
      isMoving = true;
    }
    if (drawn.isGone || drawn.whole < 1) {
      drawn.whole -= FALL_PER_S * seconds;
      isMoving = true;
      if (drawn.whole <= 0) this.fallen(key, drawn);
    } else if (drawn.grown < 1) {
      drawn.grown = Math.min(1, drawn.grown + GROW_PER_S * seconds);
      isMoving = true;
    }
    return isMoving;
  }

  private fallen(key: string, drawn: Drawn): void {
    drawn.whole = 1;
    if (isAlive(drawn.body)) drawn.grown = REBORN;
    if (!drawn.isGone) return;
    this.drawn.delete(key);
    this.sorted = [...this.drawn.values()];
  }
}

function isAlive(body: Body): boolean {
  return body.kind !== "ghost" && body.style !== "hollow" && body.style !== "cross";
}

function toward(value: number, goal: number, step: number): number {
  return value < goal ? Math.min(goal, value + step) : Math.max(goal, value - step);
}

/** Grows a little too far and comes back. */
function ease(grown: number): number {
  const rest = 1 - grown;
  return 1 - rest * rest * (1 - 2.2 * grown);
}
