import { css, html, nothing, type TemplateResult } from "lit";
import type { CostLine } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { dollars, number } from "../../i18n/texts";
import { type Costs, costs, loadCosts, type Period, type Share } from "../../state/costs";
import { rules } from "../../state/rules";
import { session } from "../../state/session";
import type { Observable } from "../../state/store";
import type { ChartPoint } from "../../ui/chart";
import "../../ui/chart";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import "./budget-list";
import { dayPoints, type ShareRow, shareRows } from "./shares";
import { t } from "./texts";

const PURPOSES: Record<string, Parameters<typeof t>[0]> = {
  chat: "ofChat",
  facts: "ofFacts",
  intent: "ofIntent",
  summary: "ofSummary",
  plan: "ofPlan",
};
const LOOK_MS = 20_000;
const PERIODS: readonly Period[] = ["today", "month", "all"];
const SHARES: readonly (readonly [Share, Parameters<typeof t>[0]])[] = [
  ["agent", "byAgent"],
  ["model", "byModel"],
  ["rule", "byRule"],
  ["purpose", "byPurpose"],
];

/** What models have cost, by day, agent, model and rule, and what they may cost. */
export class CostsView extends Element {
  static override styles = [shared, styles()];
  static override properties = { period: { state: true }, problem: { state: true } };

  private period: Period = "month";
  private problem = "";

  protected override follows(): readonly Observable[] {
    return [costs, rules, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(LOOK_MS, () => void this.load());
    void this.load();
  }

  protected override render(): TemplateResult {
    const now = costs.value;
    return html`<div class="stack">
      <div class="row chips" role="group">${PERIODS.map((period) => html`<button class="chip" aria-pressed=${period === this.period} @click=${() => this.turn(period)}>${t(period)}</button>`)}</div>
      ${this.problem ? html`<p class="error" role="alert">${this.problem}</p>` : nothing}
      ${now ? this.report(now) : html`<p class="empty" role="status">${t("loading")}</p>`}
    </div>`;
  }

  private report(now: Costs): TemplateResult {
    const { agent } = now.shares;
    const isQuiet = !agent.lines.length;
    const points = dayPoints(now.days.lines);
    return html`${isQuiet ? this.quiet(now) : this.figures(agent.lines, agent.total_cost_usd)}
      <div class="columns">
        ${points.length ? this.days(points) : nothing}
        <wz-budget-list .budgets=${agent.budgets ?? []} @change=${() => void this.load()}></wz-budget-list>
        ${isQuiet ? nothing : SHARES.map(([share, label]) => this.share(now, share, label))}
      </div>
      <p class="small muted">${t("free")} ${t("local")}</p>`;
  }

  private days(points: readonly ChartPoint[]): TemplateResult {
    return html`<section class="card stack"><h2>${t("byDay")}</h2>
      <wz-chart .series=${[{ label: t("spent"), points, shape: "bars" as const }]} unit="USD" label=${t("byDay")} height="180"></wz-chart></section>`;
  }

  private quiet(now: Costs): TemplateResult {
    const isNever = !now.days.lines.length;
    const isOffline = ["", "offline", "none"].includes(now.days.provider ?? "");
    return html`<section class="card nothing"><p class="sum">${dollars(0)}</p><h2>${t(isNever ? "none" : "noneIn")}</h2>
      ${isNever ? html`<p class="muted">${t("noneText")}</p>` : nothing}
      ${isOffline ? html`<p class="muted">${t("noModel")}</p>` : nothing}</section>`;
  }

  private figures(lines: readonly CostLine[], total: number): TemplateResult {
    const sum = (of: (line: CostLine) => number | undefined): number =>
      lines.reduce((all, line) => all + (of(line) ?? 0), 0);
    const figure = (value: string, label: string): TemplateResult =>
      html`<div><b>${value}</b><span class="small muted">${label}</span></div>`;
    const [estimated, unpriced] = [sum((line) => line.estimated_calls), sum((line) => line.unpriced_calls)];
    return html`<section class="card figures">
        ${figure(dollars(total), t("spent"))}${figure(number(sum((line) => line.calls)), t("calls"))}
        ${figure(number(sum((line) => line.input_tokens + line.output_tokens)), t("tokens"))}
        ${figure(number(sum((line) => line.reused_calls)), t("reused"))}</section>
      ${estimated ? html`<p class="small muted">${t("estimated", { count: estimated })}</p>` : nothing}
      ${unpriced ? html`<p class="badge warn">${t("unpriced", { count: unpriced })}</p>` : nothing}`;
  }

  private share(now: Costs, share: Share, label: Parameters<typeof t>[0]): TemplateResult {
    const rows = shareRows(
      now.shares[share].lines,
      (line) => line.key || (share === "model" ? line.model : line.agent) || "",
    );
    return html`<section class="card stack"><h2>${t(label)}</h2>
      ${
        rows.length
          ? html`<table><thead><tr><th>${t("name")}</th><th class="number">${t("calls")}</th><th class="number">${t("tokens")}</th><th class="number">${t("cost")}</th></tr></thead>
        <tbody>${rows.map((row) => this.row(row, share))}</tbody></table>`
          : html`<p class="muted">${t("nothing")}</p>`
      }</section>`;
  }

  private row(row: ShareRow, share: Share): TemplateResult {
    const rule = share === "rule" ? rules.get(row.key) : undefined;
    const purpose = share === "purpose" ? PURPOSES[row.key] : undefined;
    const name = rule ? rule.summary || rule.task : purpose ? t(purpose) : row.key || t("noRule");
    const address = share === "rule" && row.key ? `#/rules/${row.key}` : share === "agent" ? `#/agents/${row.key}` : "";
    return html`<tr><td><div class="foreign">${address ? html`<a class="reach" href=${address}>${name}</a>` : name}</div>
        <meter min="0" max="1" value=${row.share} aria-label=${t("share")}></meter></td>
      <td class="number">${number(row.calls)}</td><td class="number">${number(row.tokens)}</td><td class="number"><b>${dollars(row.cost)}</b></td></tr>`;
  }

  private turn(period: Period): void {
    this.period = period;
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      await loadCosts(this.period);
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .chips { gap: 4px; } .chip { min-height: 32px; border-radius: 99px; font-size: 13px; } .chip[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 14px; } .figures div { display: grid; } .figures b { font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
    .nothing { text-align: center; padding: 28px 20px; display: grid; gap: 8px; justify-items: center; } .nothing p { max-width: 560px; } .sum { font-size: 40px; font-weight: 700; line-height: 1; color: var(--good); }
    .columns { columns: 3 420px; column-gap: 12px; } .columns > * { break-inside: avoid; margin-bottom: 12px; }
    meter { width: 100%; height: 6px; border: 0; background: var(--sunken); border-radius: 3px; overflow: hidden; }
    meter::-webkit-meter-bar { background: var(--sunken); border: 0; height: 6px; border-radius: 3px; } meter::-webkit-meter-optimum-value { background: var(--accent); } meter::-moz-meter-bar { background: var(--accent); }
    td { vertical-align: middle; } table { table-layout: auto; } .badge { white-space: normal; justify-self: start; }
  `;
}

customElements.define("wz-costs-view", CostsView);
