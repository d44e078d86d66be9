import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { CostReport } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { call } from "../../gateway/rest";
import { dollars, number } from "../../i18n/texts";
import "../../ui/chart";
import type { ChartPoint } from "../../ui/chart-data";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { t } from "./detail-texts";

const AGAIN_MS = 20_000;

/** What an agent has paid for models, by day and by model. */
export class AgentCost extends Element {
  static override styles = [shared, styles()];
  static override properties = { name: {}, days: { state: true }, models: { state: true }, problem: { state: true } };

  name = "";
  private days: CostReport | null = null;
  private models: CostReport | null = null;
  private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(AGAIN_MS, () => void this.load());
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("name")) void this.load();
  }

  protected override render(): TemplateResult {
    if (this.problem) return html`<p class="error">${t("costProblem", { problem: this.problem })}</p>`;
    const { days, models } = this;
    if (!days || !models) return html``;
    if (!models.lines.length) return html`<p class="empty">${t("noCost")}</p>`;
    const series = [
      { label: t("cost"), points: days.lines.flatMap(pointOf).sort((a, b) => a[0] - b[0]), shape: "bars" as const },
    ];
    return html`<div class="stack">
      <p><span class="muted">${t("total")}:</span> <b>${dollars(models.total_cost_usd)}</b></p>
      ${series[0]?.points.length ? html`<section class="card"><h3>${t("byDay")}</h3><wz-chart unit="USD" .label=${t("byDay")} .series=${series}></wz-chart></section>` : nothing}
      <section class="card scroll"><h3>${t("byModel")}</h3>${table(models)}</section>
    </div>`;
  }

  private async load(): Promise<void> {
    const ask = (by: "day" | "model"): Promise<CostReport> =>
      call("GET /api/cost", { query: { by, agent: this.name } });
    try {
      [this.days, this.models] = await Promise.all([ask("day"), ask("model")]);
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function table(report: CostReport): TemplateResult {
  return html`<table><thead><tr><th>${t("model")}</th><th class="number">${t("calls")}</th><th class="number">${t("tokensIn")}</th>
      <th class="number">${t("tokensOut")}</th><th class="number">${t("cost")}</th></tr></thead>
    <tbody>${report.lines.map(
      (line) => html`<tr><td class="foreign">${line.model || line.key}
        ${line.estimated_calls ? html`<div class="small muted">${t("estimated", { count: number(line.estimated_calls) })}</div>` : nothing}</td>
        <td class="number">${number(line.calls)}</td><td class="number">${number(line.input_tokens)}</td>
        <td class="number">${number(line.output_tokens)}</td><td class="number">${dollars(line.cost_usd)}</td></tr>`,
    )}</tbody></table>`;
}

function pointOf(line: { key?: string; cost_usd: number }): ChartPoint[] {
  const at = Date.parse(`${line.key ?? ""}T12:00:00`) / 1000;
  return Number.isFinite(at) ? [[at, line.cost_usd]] : [];
}

function styles(): ReturnType<typeof css> {
  return css`h3 { margin-bottom: 6px; } .scroll { overflow-x: auto; }`;
}

customElements.define("wz-agent-cost", AgentCost);
