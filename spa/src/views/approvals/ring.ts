import { html, svg, type TemplateResult } from "lit";

const RADIUS = 26;
const ROUND = 2 * Math.PI * RADIUS;

/** Seconds as people read a clock that runs down. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(whole / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h` : `${minutes}:${String(whole % 60).padStart(2, "0")}`;
}

/** The time left as a ring that runs down. */
export function ring(left: number, whole: number, label: string): TemplateResult {
  const share = whole > 0 ? Math.min(1, Math.max(0, left / whole)) : 0;
  const arc = svg`<circle class="left" cx="30" cy="30" r=${RADIUS} stroke-dasharray=${ROUND} stroke-dashoffset=${ROUND * (1 - share)}></circle>`;
  return html`<svg class="ring ${share < 0.2 ? "late" : ""}" viewBox="0 0 60 60" width="64" height="64" role="timer" aria-label=${label}>
    <circle class="whole" cx="30" cy="30" r=${RADIUS}></circle>${arc}
    <text x="30" y="35" text-anchor="middle">${clock(left)}</text></svg>`;
}
