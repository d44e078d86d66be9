import type { Scene } from "@babylonjs/core/scene";
import type { Signal, SignalKind } from "../state/flows";
import type { Seat } from "../state/layout";
import { Batch, STRIDE, strip } from "./batch";
import type { Palette, Tone } from "./palette";
import { ARC } from "./shaders";

const STEPS = 26;
const WAITING_PAIRS = 400;
const STARTS_PER_FRAME = 8;
const SECONDS = 1.6;
const STILL_SECONDS = 2.4;
const THINNEST = 1.6;
const THICKEST = 7;
const TONES: Partial<Record<SignalKind, Tone>> = {
  task: "accent",
  reply: "good",
  event: "muted",
  chat: "text",
  state: "warn",
  actuation: "lit",
};

interface Arc {
  pair: string;
  from: string;
  to: string;
  tone: Tone;
  width: number;
  age: number;
}

/** Messages on their way. A fixed number at once; more messages of a pair make its next arc thicker. */
export class Arcs {
  readonly batch: Batch;
  private readonly waiting = new Map<string, { signal: Signal; count: number }>();
  private readonly flying = new Map<string, Arc>();

  constructor(scene: Scene) {
    this.batch = new Batch(scene, "arcs", ARC, strip(STEPS, -1), 2);
  }

  /** Whether anything is on its way. */
  get isBusy(): boolean {
    return this.flying.size > 0 || this.waiting.size > 0;
  }

  /** Queue a message; what does not fit in is not drawn. */
  add(signal: Signal): void {
    if (!TONES[signal.kind]) return;
    const pair = `${signal.kind}\n${signal.from}\n${signal.to}`;
    const known = this.waiting.get(pair);
    if (known) known.count += signal.count;
    else if (this.waiting.size < WAITING_PAIRS) this.waiting.set(pair, { signal, count: signal.count });
  }

  /** Let time go by and start what waits, at most `most` at once. */
  step(seconds: number, most: number, isStill: boolean): void {
    const lasts = isStill ? STILL_SECONDS : SECONDS;
    for (const [pair, arc] of this.flying) {
      arc.age += seconds / lasts;
      if (arc.age >= 1) this.flying.delete(pair);
    }
    let starts = STARTS_PER_FRAME;
    for (const [pair, { signal, count }] of this.waiting) {
      if (starts === 0 || this.flying.size >= most) break;
      if (this.flying.has(pair)) continue;
      this.waiting.delete(pair);
      const width = Math.min(THICKEST, THINNEST + Math.log2(count) * 0.9);
      const tone = TONES[signal.kind] as Tone;
      this.flying.set(pair, { pair, from: signal.from, to: signal.to, tone, width, age: 0 });
      starts -= 1;
    }
  }

  /** What waits is dropped: nobody looked. */
  forget(): void {
    this.waiting.clear();
    this.flying.clear();
  }

  /** Write all arcs for the shader; an arc whose ends are not drawn is left out. */
  write(
    palette: Palette,
    at: (key: string) => Seat | undefined,
    isDim: (key: string) => boolean,
    still: boolean,
  ): void {
    const numbers = this.batch.numbersFor(this.flying.size);
    let count = 0;
    for (const arc of this.flying.values()) {
      const [from, to] = [at(arc.from), at(arc.to)];
      if (!from || !to) continue;
      const offset = count * STRIDE;
      const [red, green, blue] = palette[arc.tone];
      const lift = 0.8 + Math.hypot(to.x - from.x, to.z - from.z) * 0.28;
      const strength = isDim(arc.from) && isDim(arc.to) ? 0.12 : 1;
      numbers.set([from.x, from.y, from.z, arc.age, to.x, to.y, to.z, strength], offset);
      numbers.set([red, green, blue, arc.width, lift, still ? 1 : 0, 0, 0], offset + 8);
      count += 1;
    }
    this.batch.show(count);
  }

  dispose(): void {
    this.forget();
    this.batch.dispose();
  }
}
