import type { Signal, SignalKind } from "../state/flows";
import type { Seat } from "../state/layout";
import { Numbers } from "./frame";
import type { Palette, Tone } from "./palette";

const WAITING_PAIRS = 400;
const STARTS_PER_FRAME = 8;
const SECONDS = 1.6;
const STILL_SECONDS = 2.4;
const LOWEST = 0.7;
const RISE = 0.24;
const DIM = 0.12;
const THINNEST = 1.4;
const THICKEST = 5.5;
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
  private readonly numbers = new Numbers();
  private readonly waiting = new Map<string, { signal: Signal; count: number }>();
  private readonly flying = new Map<string, Arc>();

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
      const width = Math.min(THICKEST, THINNEST + Math.log2(count) * 0.7);
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

  /** All arcs for the shader; an arc whose ends are not drawn is left out. */
  write(
    palette: Palette,
    at: (key: string) => Seat | undefined,
    isDim: (key: string) => boolean,
    isStill: boolean,
  ): Float32Array {
    this.numbers.begin(this.flying.size);
    for (const arc of this.flying.values()) {
      const [from, to] = [at(arc.from), at(arc.to)];
      if (!from || !to) continue;
      const lift = LOWEST + Math.hypot(to.x - from.x, to.z - from.z) * RISE;
      const strength = isDim(arc.from) && isDim(arc.to) ? DIM : 1;
      const ends = [from.x, from.y, from.z, arc.age, to.x, to.y, to.z, strength] as const;
      this.numbers.add(...ends, ...palette[arc.tone], arc.width, lift, isStill ? 1 : 0, 0, 0);
    }
    return this.numbers.taken();
  }
}
