import { css, html, type nothing, svg, type TemplateResult } from "lit";
import { moment, span } from "../../i18n/texts";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { t } from "./texts";

/** A moment at which something came of a rule. */
export interface StripMark {
  at: number;
  verdict: "fire" | "suppressed" | "unmet" | "held_back" | "missed";
  value?: string;
}

const WIDTH = 1000;
const HEIGHT = 28;

/** The last firings of a rule on a line of time; acted ones stand tall. */
export class FiringStrip extends Element {
  static override styles = [shared, styles()];
  static override properties = { marks: { attribute: false }, start: { type: Number }, end: { type: Number } };

  marks: readonly StripMark[] = [];
  /** Epoch seconds. */
  start = 0;
  /** Epoch seconds. */
  end = 0;

  protected override render(): TemplateResult {
    const length = Math.max(1, this.end - this.start);
    const shown = this.marks.filter((mark) => mark.at >= this.start && mark.at <= this.end + 1);
    const acted = shown.filter((mark) => mark.verdict === "fire").length;
    const label = t("strip", { count: t("firings", { count: acted }), time: span(length) });
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${label}>
        <line class="base" x1="0" x2=${WIDTH} y1=${HEIGHT - 1} y2=${HEIGHT - 1}></line>
        ${shown.map((mark) => this.mark(mark, ((mark.at - this.start) / length) * WIDTH))}
      </svg>
      <div class="ends row spread small muted" aria-hidden="true"><span>${t("ago", { time: span(length) })}</span><span>${t("now")}</span></div>`;
  }

  private mark(mark: StripMark, x: number): TemplateResult | typeof nothing {
    const top = mark.verdict === "fire" ? 2 : HEIGHT / 2;
    const words = [moment(mark.at), t(mark.verdict), mark.value].filter(Boolean).join(" · ");
    return svg`<line class=${mark.verdict} x1=${x} x2=${x} y1=${top} y2=${HEIGHT - 1}><title>${words}</title></line>` as TemplateResult;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    svg { display: block; width: 100%; height: 28px; overflow: visible; }
    line { vector-effect: non-scaling-stroke; stroke-width: 3px; stroke-linecap: round; }
    .base { stroke: var(--line); stroke-width: 1px; }
    .fire { stroke: var(--accent); } .suppressed, .unmet { stroke: var(--muted); opacity: 0.7; } .held_back, .missed { stroke: var(--warn); }
    .ends { font-size: 11px; margin-top: 2px; }
  `;
}

customElements.define("wz-firing-strip", FiringStrip);
