import type { Scene } from "@babylonjs/core/scene";
import { Batch, STRIDE, strip } from "./batch";
import type { Facts } from "./facts";
import type { Palette, Rgb } from "./palette";
import { BAND } from "./shaders";

const STEPS = 72;
const FULL = 2 * Math.PI;
const DEVICE_DEPTH = 2.1;
const SECTOR_GAP = 0.35;

interface Band {
  x: number;
  z: number;
  inner: number;
  outer: number;
  color: Rgb;
  alpha: number;
  from?: number;
  to?: number;
  isSoft?: boolean;
  dashes?: number;
}

/** Rings of the groups, the broker's circle, and the rooms around them, flat on the floor. */
export class Floor {
  readonly batch: Batch;

  constructor(scene: Scene) {
    this.batch = new Batch(scene, "floor", BAND, strip(STEPS, 0), 1);
  }

  /** Draw the floor of these facts; nothing else changes it. */
  write(facts: Facts, palette: Palette): void {
    const bands = [...center(palette), ...areas(facts, palette), ...rooms(facts, palette)];
    const numbers = this.batch.numbersFor(bands.length);
    bands.forEach((band, index) => {
      const offset = index * STRIDE;
      numbers.set([band.x, band.z, band.inner, band.outer, ...band.color, band.alpha], offset);
      numbers.set([band.from ?? 0, band.to ?? FULL, 0, 0, band.isSoft ? 1 : 0, band.dashes ?? 0, 0, 0], offset + 8);
    });
    this.batch.show(bands.length);
  }

  dispose(): void {
    this.batch.dispose();
  }
}

function center(palette: Palette): Band[] {
  const base = { x: 0, z: 0, color: palette.accent };
  return [
    { ...base, inner: 0, outer: 1.7, alpha: palette.isDark ? 0.16 : 0.12, isSoft: true },
    { ...base, inner: 1.68, outer: 1.74, alpha: 0.5, dashes: 48 },
  ];
}

function areas(facts: Facts, palette: Palette): Band[] {
  return facts.areas.flatMap(({ x, z, radius }) => [
    { x, z, inner: 0, outer: radius, color: palette.muted, alpha: palette.isDark ? 0.1 : 0.13, isSoft: true },
    { x, z, inner: radius - 0.03, outer: radius + 0.03, color: palette.muted, alpha: 0.42 },
  ]);
}

function rooms(facts: Facts, palette: Palette): Band[] {
  return facts.sectors.flatMap(({ from, to }) => {
    const gap = Math.min((to - from) / 4, SECTOR_GAP / facts.radius);
    const base = { x: 0, z: 0, from: from + gap, to: to - gap };
    const inner = facts.radius - 0.75;
    const outer = facts.radius + DEVICE_DEPTH;
    return [
      { ...base, inner, outer, color: palette.muted, alpha: palette.isDark ? 0.1 : 0.12 },
      { ...base, inner: inner - 0.05, outer: inner + 0.03, color: palette.lit, alpha: palette.isDark ? 0.4 : 0.75 },
    ];
  });
}
