import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { dollars, number, span } from "../../i18n/texts";
import { type Agent, agents, nodeOf, shownState, uptimeOf } from "../../state/agents";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { wishes } from "../../state/wishes";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { stateText } from "../../ui/state-badge";
import { TableWindow } from "../../ui/table-window";
import { HEIGHTS, listStyles } from "./agent-list-styles";
import {
  EVERYTHING,
  grouped,
  lastActivity,
  type Row,
  type Selection,
  SORTS,
  type Sort,
  selected,
  totals,
} from "./rows";
import { t } from "./texts";
import { agentBadge, agentLink, agoText, countText, memoryText, nodeText, sumText } from "./words";

const NARROW = 700;
const SHORT = 200;
/** Kept while the page is open, so that the way back from an agent shows the same list. */
let kept: Selection = EVERYTHING;

/** All agents: search, filters, order, and a row or card for each. */
export class AgentList extends Element {
  static override styles = [shared, listStyles];
  static override properties = { wanted: { state: true }, narrow: { state: true } };

  private wanted: Selection = kept;
  private narrow = false;
  private readonly view = new TableWindow(this, () => this.renderRoot.querySelector<HTMLElement>(".rows"));
  private readonly sizes = new ResizeObserver(() => {
    this.narrow = this.clientWidth < NARROW;
  });

  protected override follows(): readonly Observable[] {
    return [agents, wishes, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    this.every(1_000, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  protected override render(): TemplateResult {
    const now = Date.now() / 1000;
    const found = selected(agents.all(), this.wanted, now);
    return html`<div class=${this.narrow ? "narrow" : ""}>
      ${this.tools(now)} ${this.totals(found, now)}
      ${found.length ? this.list(found, now) : this.empty()}
    </div>`;
  }

  private tools(now: number): TemplateResult {
    const states = [...new Set(agents.all().map((agent) => shownState(agent, now)))].sort();
    const nodes = [...new Set(agents.all().map(nodeOf))].sort();
    const { search, state, kind, node, sort } = this.wanted;
    return html`<div class="tools row" role="search">
      <input type="search" placeholder=${t("search")} aria-label=${t("search")} .value=${search}
        @input=${(event: Event) => this.want({ search: textIn(event) })}>
      ${pick(t("state"), state, [["", t("anyState")], ["trouble", t("needsEye")], ...states.map((one) => [one, stateText(one)] as const)], (value) => this.want({ state: value }))}
      ${pick(
        t("kind"),
        kind,
        [
          ["", t("anyKind")],
          ["own", t("own")],
          ["spawned", t("spawned")],
        ],
        (value) => this.want({ kind: value as Selection["kind"] }),
      )}
      ${nodes.length > 1 ? pick(t("node"), node, [["", t("anyNode")], ...nodes.map((one) => [one, nodeText({ node: one })] as const)], (value) => this.want({ node: value })) : nothing}
      ${
        this.narrow
          ? pick(
              t("sortBy"),
              sort,
              SORTS.map((one) => [one, t(one)] as const),
              (value) => this.sort(value as Sort),
            )
          : nothing
      }
      ${may("admin") ? html`<a class="button primary" href="#/agents/new" aria-label=${t("newAgent")}>${icon("plus", 18)}<span>${t("newAgent")}</span></a>` : nothing}
    </div>`;
  }

  private totals(found: readonly Agent[], now: number): TemplateResult {
    const sums = totals(found, now);
    return html`<div class="totals row small muted" role="status">
      <b>${sumText("Agent", sums.agents)}</b>
      <span>${t("totalRunning", { count: number(sums.running) })}</span>
      ${sums.trouble ? html`<span class="bad">${sumText("Trouble", sums.trouble)}</span>` : nothing}
      <span>${memoryText(sums.memory)}</span>
      <span>${sumText("Message", sums.messages)}</span>
      <span>${sumText("Error", sums.errors)}</span>
      <span>${dollars(sums.cost)}</span>
    </div>`;
  }

  private list(found: readonly Agent[], now: number): TemplateResult {
    const rows = grouped(found);
    const isShort = rows.length <= SHORT;
    const part = this.view.rows(rows.length, this.narrow ? HEIGHTS.narrow : HEIGHTS.wide);
    return html`<div class="list ${isShort ? "short" : ""}" role="table" aria-rowcount=${rows.length + 1}>
      ${this.head()}
      <div class="rows" role="rowgroup">
        ${spacer(part.before)}
        ${repeat(
          rows.slice(part.from, part.to),
          (row) => (row.kind === "agent" ? row.agent.id : row.group),
          (row, index) => this.row(row, part.from + index + 2, now),
        )}
        ${spacer(part.after)}
      </div></div>`;
  }

  private head(): TemplateResult {
    const { sort, descending } = this.wanted;
    return html`<div class="line head" role="row">${SORTS.map((one) => {
      const isNumber = one !== "name" && one !== "state" && one !== "activity";
      const order = one !== sort ? "none" : descending ? "descending" : "ascending";
      return html`<div role="columnheader" aria-sort=${order} class=${isNumber ? "number" : ""}>
        <button @click=${() => this.sort(one)}>${t(one)}<span class="sign" aria-hidden="true">${one === sort ? (descending ? "▼" : "▲") : ""}</span></button></div>`;
    })}</div>`;
  }

  private row(row: Row, place: number, now: number): TemplateResult {
    if (row.kind === "heading") {
      return html`<div class="line heading" role="row" aria-rowindex=${place}><h2 role="cell">${t(row.group)}</h2>
        <span class="muted small">${number(row.count)}</span></div>`;
    }
    const { agent } = row;
    const uptime = uptimeOf(agent, now);
    const did = lastActivity(agent);
    const figures = [memoryText(agent.mem), countText(agent.messagesProcessed), countText(agent.errors)] as const;
    const cost = agent.costUsd ? dollars(agent.costUsd) : "–";
    const errors = agent.errors ? "number bad" : "number";
    return html`<div class="line" role="row" aria-rowindex=${place}>
      <div class="who" role="cell"><a class="clip foreign" href=${agentLink(agent.name)} title=${nameOf(agent.name)}>${nameOf(agent.name)}</a>
        <div class="sub clip foreign">${agent.agentType} · ${nodeText(agent)}</div></div>
      <div class="what" role="cell">${agentBadge(agent, now)}</div>
      <div class="number" role="cell">${uptime === null ? "–" : span(uptime)}</div>
      <div class="number" role="cell">${figures[0]}</div><div class="number" role="cell">${figures[1]}</div>
      <div class=${errors} role="cell">${figures[2]}</div><div class="number" role="cell">${cost}</div>
      <div class="figures only-narrow" role="cell">${this.narrow ? this.figures(agent, uptime, cost) : nothing}</div>
      <div class="did" role="cell"><div class="clip small foreign ${did.text ? "" : "muted"}">${nameOf(did.text || agent.description)}</div>
        ${did.text && did.at ? html`<div class="sub">${agoText(did.at, now)}</div>` : nothing}</div>
    </div>`;
  }

  private figures(agent: Agent, uptime: number | null, cost: string): TemplateResult {
    return html`<span>${uptime === null ? "–" : span(uptime)}</span><span>${memoryText(agent.mem)}</span>
      <span>${sumText("Message", agent.messagesProcessed)}</span>
      <span class=${agent.errors ? "bad" : ""}>${sumText("Error", agent.errors)}</span>
      ${agent.costUsd ? html`<span>${cost}</span>` : nothing}`;
  }

  private empty(): TemplateResult {
    if (!agents.size) return html`<p class="empty">${t("noneAtAll")}</p>`;
    return html`<div class="empty"><p>${t("none")}</p>
      <button @click=${() => this.want({ ...EVERYTHING })}>${t("clear")}</button></div>`;
  }

  private sort(sort: Sort): void {
    const isSame = this.wanted.sort === sort;
    const startsHigh = sort !== "name" && sort !== "state";
    this.want({ sort, descending: isSame ? !this.wanted.descending : startsHigh });
  }

  private want(change: Partial<Selection>): void {
    this.wanted = kept = { ...this.wanted, ...change };
  }
}

function pick(
  label: string,
  value: string,
  options: readonly (readonly [string, string])[],
  take: (value: string) => void,
): TemplateResult {
  return html`<select aria-label=${label} title=${label} @change=${(event: Event) => take(textIn(event))}>
    ${options.map(([one, text]) => html`<option value=${one} ?selected=${one === value}>${text}</option>`)}</select>`;
}

function spacer(height: number): TemplateResult | typeof nothing {
  return height ? html`<svg aria-hidden="true" width="1" height=${height} display="block"></svg>` : nothing;
}

function textIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

customElements.define("wz-agent-list", AgentList);
