import type uPlot from "uplot";
import { language } from "../state/preferences";
import { type ChartMark, type ChartSeries, type ChartTone, isCounted, scale, spread, toneOf } from "./chart-data";

/** What a drawing needs besides its data. */
export interface PlotWishes {
  width: number;
  height: number;
  colors: Record<ChartTone | "text" | "grid", string>;
  /** The marks as they are now. */
  marks(): readonly ChartMark[];
  write(value: number): string;
  /** The series as they are now. */
  shown(): readonly ChartSeries[];
  /** The moment under the pointer; null when it leaves. */
  hover(index: number | null): void;
}

const AXIS_FONT = "12px system-ui, sans-serif";
const DAY = 86_400;
const DAYS = [1, 2, 5, 10, 30, 60, 180, 365].map((days) => days * DAY);
const SIGN_WIDTH = 7;
const HALF_A_MOMENT = 38; // the last moment of the axis is not cut
const WHOLE = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

/** How uPlot shall draw these series. */
export function plotOptions(kit: typeof uPlot, series: readonly ChartSeries[], wishes: PlotWishes): uPlot.Options {
  return {
    width: wishes.width,
    height: wishes.height,
    legend: { show: false },
    padding: [null, HALF_A_MOMENT, null, null],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: () => spread(wishes.shown(), Date.now() / 1000) },
      y: { range: (_, min, max) => scale(min, max) },
    },
    axes: [momentAxis(wishes), valueAxis(wishes)],
    series: [{}, ...series.map((one, index) => line(kit, one, wishes.colors[toneOf(one, index)]))],
    hooks: {
      setCursor: [(plot) => wishes.hover(plot.cursor.idx ?? null)],
      draw: [(plot) => drawMarks(plot, wishes)],
    },
  };
}

function momentAxis(wishes: PlotWishes): uPlot.Axis {
  return {
    stroke: wishes.colors.text,
    font: AXIS_FONT,
    grid: { show: false },
    ticks: { stroke: wishes.colors.grid, width: 1, size: 4 },
    space: 70,
    ...(wishes.shown().some((one) => one.shape === "bars") ? { incrs: DAYS } : {}), // a bar is a day
    size: 28,
    values: (_, splits, __, ___, step) => splits.map((at) => momentText(at, step)),
  };
}

function valueAxis(wishes: PlotWishes): uPlot.Axis {
  return {
    stroke: wishes.colors.text,
    font: AXIS_FONT,
    grid: { stroke: wishes.colors.grid, width: 1 },
    ticks: { show: false },
    space: 32,
    ...(isCounted(wishes.shown()) ? { incrs: WHOLE } : {}),
    size: (_, values) => 14 + Math.max(3, ...(values ?? []).map((text) => text.length)) * SIGN_WIDTH,
    values: (_, splits) => splits.map((value) => wishes.write(value)),
  };
}

function line(kit: typeof uPlot, series: ChartSeries, color: string): uPlot.Series {
  const shape = series.shape ?? "line";
  const paths = shape === "step" ? kit.paths.stepped?.({ align: 1 }) : bars(kit, shape);
  const isFilled = shape === "area" || shape === "bars";
  return {
    label: series.label,
    stroke: color,
    width: shape === "bars" ? 0 : 2,
    points: { show: series.points.length === 1 },
    ...(isFilled ? { fill: shape === "bars" ? color : faded(color) } : {}),
    ...(paths ? { paths } : {}),
  };
}

function bars(kit: typeof uPlot, shape: string): uPlot.Series.PathBuilder | undefined {
  return shape === "bars" ? kit.paths.bars?.({ size: [0.7, 48], radius: 0.15 }) : undefined;
}

function faded(color: string): string {
  const rgb = /^rgba?\(([^)]+)\)$/
    .exec(color)?.[1]
    ?.split(/[ ,/]+/)
    .slice(0, 3);
  return rgb ? `rgba(${rgb.join(",")},0.14)` : "transparent";
}

function drawMarks(plot: uPlot, wishes: PlotWishes): void {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const mark of wishes.marks()) {
    const x = Math.round(plot.valToPos(mark.at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = wishes.colors[mark.tone ?? "bad"];
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function momentText(at: number, step: number): string {
  const date = new Date(at * 1000);
  const options: Intl.DateTimeFormatOptions =
    step >= DAY
      ? { month: "short", day: "numeric" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(step < 60 ? { second: "2-digit" } : {}) };
  return new Intl.DateTimeFormat(language.value, options).format(date);
}
