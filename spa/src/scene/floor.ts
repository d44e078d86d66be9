import type { Facts } from "./facts";
import { Numbers } from "./frame";
import type { Palette, Rgb } from "./palette";

const FULL = 2 * Math.PI;
const DEVICE_DEPTH = 2.1;
const SECTOR_GAP = 0.3;
const LINE = 0.4;

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
  isLine?: boolean;
}

/** The floor of these facts for the shader: rings of the groups, the broker's circle, and the rooms around them. */
export function floorOf(facts: Facts, palette: Palette): Float32Array {
  const bands = [...center(palette), ...areas(facts, palette), ...rooms(facts, palette)];
  const numbers = new Numbers();
  numbers.begin(bands.length);
  for (const { x, z, inner, outer, color, alpha, from = 0, to = FULL, isSoft, dashes = 0, isLine } of bands)
    numbers.add(x, z, inner, outer, ...color, alpha, from, to, 0, 0, isSoft ? 1 : 0, dashes, isLine ? 1 : 0, 0);
  return numbers.taken();
}

function center(palette: Palette): Band[] {
  const base = { x: 0, z: 0, color: palette.accent };
  return [
    { ...base, inner: 0, outer: 1.35, alpha: palette.isDark ? 0.2 : 0.14, isSoft: true },
    { ...base, ...line(1.35), alpha: 0.6, dashes: 36 },
  ];
}

function areas(facts: Facts, palette: Palette): Band[] {
  return facts.areas.flatMap(({ x, z, radius }) => [
    { x, z, inner: 0, outer: radius, color: palette.muted, alpha: palette.isDark ? 0.11 : 0.1, isSoft: true },
    { x, z, ...line(radius), color: palette.muted, alpha: 0.5 },
  ]);
}

function rooms(facts: Facts, palette: Palette): Band[] {
  const lit = new Set(
    facts.bodies.filter((body) => body.kind === "device" && body.tone === "lit").map((body) => body.key),
  );
  return facts.sectors.flatMap(({ from, to, seats }) => {
    const gap = Math.min((to - from) / 4, SECTOR_GAP / facts.radius);
    const base = { x: 0, z: 0, from: from + gap, to: to - gap };
    const inner = facts.ring - 0.75;
    const isLit = [...seats.keys()].some((key) => lit.has(key));
    const color = isLit ? palette.lit : palette.muted;
    const fill = palette.isDark ? 0.09 : 0.08;
    return [
      { ...base, inner, outer: inner + DEVICE_DEPTH + 0.75, color, alpha: isLit ? fill * 0.9 : fill },
      { ...base, ...line(inner), color, alpha: isLit ? 0.85 : 0.5 },
    ];
  });
}

/** A thin line at a radius: a band wide enough for the shader to draw it smoothly. */
function line(radius: number): { inner: number; outer: number; isLine: true } {
  return { inner: radius - LINE / 2, outer: radius + LINE / 2, isLine: true };
}
