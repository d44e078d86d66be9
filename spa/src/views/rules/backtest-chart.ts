import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { BacktestReport } from "../../contracts/rest";
import { language } from "../../state/preferences";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { countByDay, type DayCount } from "./day-counts";
import { t } from "./texts";

const HEIGHT = 90;
const STEP = 24;
const BAR = 16;

/** What a rule would have done, day by day, with the sentence that says it. */
export class BacktestChart extends Element {
  static override styles = [shared, styles()];
  static override properties = { report: { attribute: false }, compact: { type: Boolean } };

  report: BacktestReport | null = null;
  /** Without legend, and lower. */
  compact = false;

  protected override render(): TemplateResult {
    const { report } = this;
    if (!report) return html``;
    const days = countByDay(report.firings ?? [], report.start, report.end);
    const most = Math.max(1, ...days.map((day) => day.day + day.night + day.held));
    const isEmpty = !report.firings?.length;
    return html`<p class="small foreign">${report.text}</p>
      ${isEmpty && this.compact ? nothing : this.bars(days, most)}
      ${this.compact ? nothing : this.legend()}`;
  }

  private bars(days: readonly DayCount[], most: number): TemplateResult {
    const height = this.compact ? HEIGHT / 2 : HEIGHT;
    const width = days.length * STEP;
    return html`<div class="plot"><svg viewBox="0 0 ${width} ${height + 16}" width=${width} height=${height + 16} role="img" aria-label=${this.report?.text ?? ""}>
      <line class="base" x1="0" x2=${width} y1=${height} y2=${height}></line>
      ${days.map((day, index) => this.bar(day, index, most, height))}</svg></div>`;
  }

  private bar(day: DayCount, index: number, most: number, height: number): TemplateResult {
    const unit = (height - 12) / most;
    const x = index * STEP + (STEP - BAR) / 2;
    let top = height;
    const piece = (kind: "day" | "night" | "held"): TemplateResult | typeof nothing => {
      if (!day[kind]) return nothing;
      const tall = Math.max(2, day[kind] * unit);
      top -= tall;
      return svg`<rect class=${kind} x=${x} y=${top} width=${BAR} height=${tall} rx="2"></rect>` as TemplateResult;
    };
    const date = new Date(day.start * 1000);
    const words = `${date.toLocaleDateString(language.value)}: ${day.day + day.night} ${t("wouldFire")}, ${day.night} ${t("atNight")}, ${day.held} ${t("suppressed")}`;
    return svg`<g><title>${words}</title>${piece("day")}${piece("night")}${piece("held")}
      <text x=${x + BAR / 2} y=${height + 12} text-anchor="middle">${date.getDate()}</text></g>` as TemplateResult;
  }

  private legend(): TemplateResult {
    const entry = (kind: string, label: string): TemplateResult =>
      html`<span class="row"><i class=${kind}></i>${label}</span>`;
    return html`<div class="row small muted legend">${entry("day", t("wouldFire"))}${entry("night", t("atNight"))}${entry("held", `${t("suppressed")} / ${t("unmet")}`)}</div>`;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; gap: 8px; }
    .plot { overflow-x: auto; } svg { display: block; max-width: none; }
    .base { stroke: var(--line); } text { fill: var(--muted); font: 10px var(--font); }
    rect.day { fill: var(--accent); } rect.night { fill: light-dark(#7a3fc4, #c49bff); } rect.held { fill: var(--muted); opacity: 0.45; }
    i { width: 10px; height: 10px; border-radius: 2px; } i.day { background: var(--accent); } i.night { background: light-dark(#7a3fc4, #c49bff); } i.held { background: var(--muted); opacity: 0.45; }
    .legend { gap: 14px; }
  `;
}

customElements.define("wz-backtest-chart", BacktestChart);
