import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { HistoryPoint } from "../../contracts/rest";
import { dollars, moment, span } from "../../i18n/texts";
import { type Agent, shownState, uptimeOf } from "../../state/agents";
import { AgentHistory, perMinute } from "../../state/history";
import "../../ui/chart";
import type { ChartSeries } from "../../ui/chart-data";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { stateText } from "../../ui/state-badge";
import { t } from "./detail-texts";
import { agoText, countText, memoryText } from "./words";

const SPANS = [
  [600, "minutes10"],
  [3_600, "hour1"],
  [86_400, "hours24"],
] as const;

interface Charted {
  name: "memory" | "cpu" | "perMinute" | "errors" | "cost";
  unit: string;
  series: readonly ChartSeries[];
}

/** How an agent is: facts of now, and charts of what it used. */
export class AgentOverview extends Element {
  static override styles = [shared, styles()];
  static override properties = { agent: { attribute: false }, seconds: { state: true } };

  agent: Agent | null = null;
  private seconds: number = SPANS[1][0];
  private history: AgentHistory | null = null;
  private of = "";
  private unfollow: (() => void) | null = null;
  private charted: readonly HistoryPoint[] | null = null;
  private series: readonly Charted[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(1_000, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leave();
  }

  protected override willUpdate(_: PropertyValues): void {
    const wanted = `${this.agent?.name}/${this.seconds}`;
    if (!this.agent || !this.isConnected || wanted === this.of) return;
    this.leave();
    this.of = wanted;
    this.history = new AgentHistory(this.agent.name, this.seconds);
    this.unfollow = this.history.subscribe(() => this.requestUpdate());
    this.history.open();
  }

  protected override render(): TemplateResult {
    const { agent } = this;
    if (!agent) return html``;
    return html`${this.wish(agent)}<dl class="facts card">${this.facts(agent)}</dl>
      <div class="row spans" role="group" aria-label=${t("span")}>${SPANS.map(
        ([
          seconds,
          label,
        ]) => html`<button class=${seconds === this.seconds ? "primary" : ""} aria-pressed=${seconds === this.seconds}
          @click=${() => {
            this.seconds = seconds;
          }}>${t(label)}</button>`,
      )}</div>
      ${this.history?.problem ? html`<p class="error">${t("noHistory", { problem: this.history.problem })}</p>` : nothing}
      <div class="charts">${this.charts()}</div>`;
  }

  private wish(agent: Agent): TemplateResult | typeof nothing {
    const { spawned } = agent;
    if (!spawned || (!spawned.problem && (spawned.actual === "paused" || spawned.wanted === spawned.actual)))
      return nothing;
    const wanted = t(spawned.wanted === "stopped" ? "wantedStopped" : "wantedRunning");
    return html`<div class="card wish ${spawned.problem ? "trouble" : ""}">
      <p>${t("wanted")}: <b>${wanted}</b> · ${t("actual")}: <b class="foreign">${stateText(spawned.actual)}</b></p>
      ${spawned.problem ? html`<p><span class="muted">${t("why")}:</span> <span class="foreign">${spawned.problem.slice(0, 2_000)}</span></p>` : nothing}
    </div>`;
  }

  private facts(agent: Agent): TemplateResult[] {
    const now = Date.now() / 1000;
    const uptime = uptimeOf(agent, now);
    const facts: [string, string][] = [
      [t("heartbeat"), agent.last_seen ? agoText(agent.last_seen, now) : t("noHeartbeat")],
      [t("uptime"), uptime === null ? stateText(shownState(agent, now)) : span(uptime)],
      [t("memory"), memoryText(agent.mem)],
      [t("messages"), countText(agent.messagesProcessed)],
      [t("errors"), countText(agent.errors)],
      [t("restarts"), countText(agent.restart_count)],
      [t("cost"), agent.costUsd == null ? "–" : dollars(agent.costUsd)],
      [t("pid"), agent.pid ? String(agent.pid) : "–"],
    ];
    if (agent.task) facts.push([t("task"), agent.task.slice(0, 300)]);
    if (agent.spawned) {
      facts.push([t("created"), moment(agent.spawned.created_at)], [t("changed"), moment(agent.spawned.updated_at)]);
    }
    facts.push([t("id"), agent.id]);
    return facts.map(
      ([label, value]) =>
        html`<div class=${value.length > 20 ? "wide" : ""}><dt>${label}</dt><dd class="foreign">${value}</dd></div>`,
    );
  }

  private charts(): TemplateResult[] {
    const points = this.history?.all() ?? [];
    if (points !== this.charted) {
      this.charted = points;
      this.series = chartsOf(points);
    }
    return this.series.map(
      ({ name, unit, series }) => html`<div class="card">
        <wz-chart .label=${t(name)} .unit=${unit} .height=${130} .series=${series}></wz-chart></div>`,
    );
  }

  private leave(): void {
    this.unfollow?.();
    this.history?.close();
    this.of = "";
  }
}

function chartsOf(points: readonly HistoryPoint[]): Charted[] {
  const values = (field: "memory_mb" | "cpu" | "errors" | "cost_usd"): ChartSeries["points"] =>
    points.map((point) => [point.t, point[field]] as const);
  const chart = (name: Charted["name"], unit: string, series: Omit<ChartSeries, "label">): Charted => ({
    name,
    unit,
    series: [{ ...series, label: t(name) }],
  });
  const charts = [
    chart("memory", "MiB", { points: values("memory_mb"), shape: "area" }),
    chart("cpu", "%", { points: values("cpu"), shape: "area", tone: "blue" }),
    chart("perMinute", "", { points: perMinute(points, "messages_processed"), tone: "violet" }),
    chart("errors", "", { points: values("errors"), shape: "step", tone: "bad" }),
    chart("cost", "USD", { points: values("cost_usd"), shape: "step", tone: "warn" }),
  ];
  const isTold = (one: Charted): boolean =>
    one.series.some((series) => series.points.some(([, value]) => value !== null));
  return charts.filter((one, index) => index === 0 || isTold(one));
}

function styles(): ReturnType<typeof css> {
  return css`
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 10px 16px; margin: 0 0 14px; }
      .wide { grid-column: span 2; }
    dt { font-size: 12px; color: var(--muted); } dd { margin: 0; font-variant-numeric: tabular-nums; }
    .wish { margin-bottom: 14px; } .wish.trouble { border-color: var(--warn); background: var(--warn-soft); }
    .spans { margin-bottom: 10px; } .spans button { min-height: 32px; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); gap: 12px; }
    .charts .card { padding: 10px 12px 6px; min-width: 0; }
  `;
}

customElements.define("wz-agent-overview", AgentOverview);
