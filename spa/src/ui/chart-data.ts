import type { AlignedData } from "uplot";

/** A moment (epoch seconds) and the value then; null leaves a gap. */
export type ChartPoint = readonly [seconds: number, value: number | null];

/** One line or row of bars of a chart. */
export interface ChartSeries {
  /** For the legend; plain text. */
  label: string;
  points: readonly ChartPoint[];
  /** Its color; by place in the list when left out. */
  tone?: ChartTone;
  /** line (default), area below a line, step for values that hold, or bars. */
  shape?: "line" | "area" | "step" | "bars";
}

/** A moment worth a mark, such as the firing of a rule. */
export interface ChartMark {
  at: number;
  label: string;
  tone?: ChartTone;
}

/** Colors that a series can have. */
export type ChartTone = "accent" | "blue" | "violet" | "good" | "warn" | "bad" | "muted";

/** The colors in the order in which series take them. */
export const TONES: readonly ChartTone[] = ["accent", "blue", "violet", "warn", "good", "bad", "muted"];

/** The tone of the series at a place. */
export function toneOf(series: ChartSeries, index: number): ChartTone {
  return series.tone ?? (TONES[index % TONES.length] as ChartTone);
}

const MINUTE = 60;
const WEEK = 604_800;

/** All series over one common row of moments; where a series has no point, its line goes on. */
export function align(series: readonly ChartSeries[]): AlignedData {
  const moments = [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))].sort((a, b) => a - b);
  const rows = series.map((one) => {
    const known = new Map(one.points);
    return moments.map((at) => known.get(at));
  });
  return [moments, ...rows] as AlignedData;
}

/** Smallest, greatest and last value of a series; null when it has none. */
export function extent(series: ChartSeries): { min: number; max: number; last: number } | null {
  const values = series.points.map(([, value]) => value).filter((value) => value !== null && Number.isFinite(value));
  const last = values.at(-1);
  if (last == null) return null;
  const [min, max] = (values as number[]).reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
  );
  return { min, max, last };
}

/** The lower and upper end of the scale: from zero where values are positive, and never of no height. */
export function scale(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1];
  const low = Math.min(0, min);
  const high = Math.max(0, max);
  if (low === high) return [low, low + 1];
  const room = (high - low) * 0.08;
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0];
}

/** First and last moment of the drawing: with room for the outer bars, and around a single moment. */
export function spread(series: readonly ChartSeries[], now: number): [number, number] {
  const moments = new Set(series.flatMap((one) => one.points.map(([at]) => at)));
  if (!moments.size) return [now - MINUTE, now];
  const [first, last] = [Math.min(...moments), Math.max(...moments)];
  const hasBars = series.some((one) => one.shape === "bars");
  const around = hasBars ? WEEK / 2 : MINUTE / 2; // bars are days, and their axis names days
  if (first === last) return [first - around, last + around];
  const room = hasBars ? (last - first) / (moments.size - 1) / 2 : 0;
  return [first - room, last + room];
}

/** Whether all values are whole numbers, so that nothing lies between two of them. */
export function isCounted(series: readonly ChartSeries[]): boolean {
  return series.every((one) => one.points.every(([, value]) => value === null || Number.isInteger(value)));
}
