import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Agent, agentNamed, agents } from "../../state/agents";
import type { Observable } from "../../state/store";
import { wishes } from "../../state/wishes";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { PARTS, type Part } from "./address";
import "./agent-controls";
import { t } from "./texts";
import { agentBadge, agentLink, nodeText } from "./words";

const LOADERS: Record<Part, () => Promise<unknown>> = {
  overview: () => import("./agent-overview"),
  logs: () => import("./agent-logs"),
  errors: () => import("./agent-errors"),
  manifest: () => import("./agent-manifest"),
  code: () => import("./agent-code"),
  cost: () => import("./agent-cost"),
};

/** One agent: who it is, what can be done with it, and the parts of its page. */
export class AgentDetail extends Element {
  static override styles = [shared, styles()];
  static override properties = { name: {}, tab: {} };

  name = "";
  tab: Part = "overview";

  protected override follows(): readonly Observable[] {
    return [agents, wishes];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(1_000, () => this.requestUpdate());
  }

  protected override render(): TemplateResult {
    const agent = agentNamed(this.name) ?? agents.get(this.name);
    const back = html`<a class="back reach small" href="#/agents">${icon("chevron", 14)}${t("all")}</a>`;
    if (!agent) return html`${back}${agents.size ? this.missing() : nothing}`;
    void LOADERS[this.tab]();
    return html`${back}
      <div class="top row spread">
        <div class="grow">
          <div class="row"><h2 class="foreign name">${nameOf(agent.name)}</h2>${agentBadge(agent, Date.now() / 1000)}</div>
          <p class="small muted foreign">${agent.agentType} · ${nodeText(agent)}</p>
        </div>
        <wz-agent-controls .agent=${agent}></wz-agent-controls>
      </div>
      ${agent.description ? html`<p class="foreign about">${agent.description.slice(0, 2_000)}</p>` : nothing}
      ${this.tabs(agent)}
      ${this.shown(agent)}`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("tab"))
      this.renderRoot.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  private missing(): TemplateResult {
    return html`<div class="empty"><p class="foreign">${t("missing", { name: nameOf(this.name) })}</p><p>${t("gone")}</p></div>`;
  }

  private tabs(agent: Agent): TemplateResult {
    const parts = PARTS.filter((part) => part !== "code" || agent.spawned);
    return html`<nav class="tabs" aria-label=${t("parts", { name: agent.name })}>${parts.map(
      (
        part,
      ) => html`<a href=${agentLink(agent.name, part)} aria-current=${part === this.tab ? "page" : nothing}>${t(part)}
        ${part === "errors" && agent.errors ? html`<span class="badge bad">${agent.errors}</span>` : nothing}</a>`,
    )}</nav>`;
  }

  private shown(agent: Agent): TemplateResult {
    switch (this.tab) {
      case "logs":
        return html`<wz-agent-logs .name=${agent.name} .agentId=${agent.id}></wz-agent-logs>`;
      case "errors":
        return html`<wz-agent-errors .name=${agent.name} .agentId=${agent.id}></wz-agent-errors>`;
      case "manifest":
        return html`<wz-agent-manifest .agentId=${agent.id}></wz-agent-manifest>`;
      case "code":
        return html`<wz-agent-code .name=${agent.name} .version=${agent.spawned?.updated_at ?? 0}></wz-agent-code>`;
      case "cost":
        return html`<wz-agent-cost .name=${agent.name}></wz-agent-cost>`;
      default:
        return html`<wz-agent-overview .agent=${agent}></wz-agent-overview>`;
    }
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .back { display: inline-flex; align-items: center; gap: 2px; text-decoration: none; margin-bottom: 6px; } .back .icon { transform: rotate(180deg); }
    :host(:dir(rtl)) .back .icon { transform: none; }
    .top { align-items: flex-start; gap: 10px 20px; margin-bottom: 6px; }
    .top > .grow { flex: 1 1 260px; } .name { font-size: 20px; }
    .about { max-width: 80ch; margin-bottom: 8px; display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden; }
    .tabs { display: flex; gap: 2px; border-bottom: 1px solid var(--line); margin: 10px 0 14px; overflow-x: auto; scrollbar-width: none; }
    .tabs a { padding: 8px 12px; min-height: 44px; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; white-space: nowrap; }
    .tabs a:hover { color: var(--text); } .tabs a[aria-current] { color: var(--accent); border-color: var(--accent); font-weight: 600; }
    .tabs a:focus-visible { outline-offset: -2px; }
  `;
}

customElements.define("wz-agent-detail", AgentDetail);
