import { html, svg, type TemplateResult } from "lit";
import type { Sample } from "../../state/house";

const WIDTH = 120;
const HEIGHT = 30;
const MARGIN = 2;

/** A line of steps through samples; empty while nothing changed. */
export function pathOf(samples: readonly Sample[], now: number): string {
  const [first] = samples;
  if (!first || samples.length < 2) return "";
  const values = samples.map((one) => one.v);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (high === low) return "";
  const whole = Math.max(1, now - first.t);
  const x = (at: number): string => (((at - first.t) / whole) * WIDTH).toFixed(1);
  const y = (value: number): string =>
    (HEIGHT - MARGIN - ((value - low) / (high - low)) * (HEIGHT - 2 * MARGIN)).toFixed(1);
  const steps = samples.map((one, at) => (at === 0 ? `M${x(one.t)} ${y(one.v)}` : `H${x(one.t)}V${y(one.v)}`));
  return `${steps.join("")}H${WIDTH}`;
}

/** A small line of what was seen; nothing while there was no change. */
export function sparkline(samples: readonly Sample[]): TemplateResult {
  const path = pathOf(samples, Date.now() / 1000);
  if (!path) return html``;
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${svg`<path d=${path} fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"></path>`}</svg>`;
}
