import { css, html, nothing, type TemplateResult } from "lit";
import type { ProcessInfo } from "../../contracts/generated";
import { number, span } from "../../i18n/texts";
import { agentNamed, agents } from "../../state/agents";
import { followNodes, isOnline, type Node, nodes } from "../../state/nodes";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { stateBadge } from "../../ui/state-badge";
import { toast } from "../../ui/toast";
import { t } from "./texts";

const COMMAND = `WACTORZ_NODE=attic WACTORZ_STATE_DIR=~/attic WACTORZ_MQTT_URL=mqtt://user:password@broker:1883 \\
WACTORZ_NODE_TRUSTED_KEYS_FILE=~/spawn-key.pub .venv/bin/python -m wactorz_edge.guest_node`;
const MOST = 200;

/** The view `nodes`: machines, what runs on them, and how to add one. */
export class NodesView extends Element {
  static override styles = [shared, styles()];
  static override properties = { node: { attribute: false } };

  node = "";
  private unfollow: (() => void) | null = null;

  protected override follows(): readonly Observable[] {
    return [nodes, agents];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unfollow = followNodes();
    this.every(1_000, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  protected override render(): TemplateResult {
    const all = nodes.all();
    const found = this.node ? all.filter((one) => one.node === this.node) : all;
    const missing = this.node && all.length ? t("missing", { name: nameOf(this.node) }) : t("none");
    return html`<div class="stack">
      ${this.node ? html`<a class="small reach" href="#/nodes">${t("all")}</a>` : html`<p class="muted">${t("intro")}</p>`}
      ${found.length ? found.map((one) => this.machine(one)) : html`<p class="empty foreign">${missing}</p>`}
      ${this.node ? nothing : this.adding()}
    </div>`;
  }

  private machine(node: Node): TemplateResult {
    const now = Date.now() / 1000;
    const online = isOnline(node, now);
    const memory = node.processes.reduce((sum, one) => sum + (one.memory_mb ?? 0), 0);
    const sums = {
      agents: number(node.agents.length),
      processes: number(node.processes.length),
      memory: `${number(memory)} MiB`,
    };
    return html`<article class="card">
      <header class="row spread"><div class="grow">
        <div class="row"><h2><a class="foreign reach" href="#/nodes/${encodeURIComponent(node.node)}">${nameOf(node.node)}</a></h2>
          ${stateBadge(online ? "online" : "offline")}
          ${node.node === "local" ? html`<span class="badge">${t("mainMachine")}</span>` : nothing}</div>
        <p class="small muted foreign">${facts(node, now)}</p></div>
        <p class="small muted">${t("sums", sums)}</p></header>
      ${online ? nothing : html`<p class="small away">${t("away")}</p>`}
      <h3>${t("agents")}</h3>
      ${node.agents.length ? html`<div class="row names">${node.agents.slice(0, MOST).map(agentLink)}</div>` : html`<p class="small muted">${t("noAgents")}</p>`}
      <h3>${t("processes")}</h3>
      ${node.processes.length ? processTable(node.processes, now) : html`<p class="small muted">${t("noProcesses")}</p>`}
    </article>`;
  }

  private adding(): TemplateResult {
    return html`<details class="card"><summary>${icon("plus", 16)} ${t("add")}</summary>
      <p>${t("addText")}</p>
      <div class="command"><pre>${COMMAND}</pre><button @click=${() => void copy(COMMAND)}>${t("copy")}</button></div>
      <p class="small muted">${t("addKey")} ${t("addMore")}</p>
      <p class="small muted">${t("control")}</p></details>`;
  }
}

function facts(node: Node, now: number): string {
  const told = [
    node.last_seen ? t("lastSeen", { time: span(now - node.last_seen) }) : "",
    node.uptime_s === undefined ? "" : t("up", { time: span(node.uptime_s + Math.max(0, now - node.last_seen)) }),
    node.version ? t("version", { version: node.version.slice(0, 40) }) : "",
    node.runtime ?? "",
  ];
  return told.filter(Boolean).join(" · ");
}

function agentLink(name: string): TemplateResult {
  return html`<a class="badge foreign reach" href="#/agents/${encodeURIComponent(name)}">${nameOf(name)}</a>`;
}

function processTable(processes: readonly ProcessInfo[], now: number): TemplateResult {
  return html`<div class="scroll" tabindex="0"><table>
    <thead><tr><th>${t("name")}</th><th>${t("state")}</th><th class="number">${t("pid")}</th><th class="number">${t("uptime")}</th>
      <th class="number">${t("memory")}</th><th class="number">${t("restarts")}</th><th>${t("kind")}</th></tr></thead>
    <tbody>${processes.slice(0, MOST).map((one) => {
      const runs = one.state === "running" && (one.started_at ?? 0) > 0;
      return html`<tr><td class="foreign">${agentNamed(one.name) ? html`<a class="reach" href="#/agents/${encodeURIComponent(one.name)}">${nameOf(one.name)}</a>` : nameOf(one.name)}</td>
        <td>${stateBadge(one.state)}</td><td class="number">${one.pid || "–"}</td>
        <td class="number">${runs ? span(now - (one.started_at ?? now)) : "–"}</td>
        <td class="number">${one.memory_mb ? `${number(one.memory_mb, 1)} MiB` : "–"}</td>
        <td class="number ${one.restarts ? "bad" : ""}">${number(one.restarts ?? 0)}</td>
        <td class="small muted">${kindText(one.executor)}</td></tr>`;
    })}</tbody></table></div>`;
}

function kindText(executor: ProcessInfo["executor"]): string {
  return executor === "process" || executor === "shared" || executor === "docker" ? t(executor) : (executor ?? "");
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toast(t("copied"), "good");
}

function styles(): ReturnType<typeof css> {
  return css`
    .stack { grid-template-columns: minmax(0, 1fr); }
    h2 a { color: inherit; text-decoration: none; } h2 a:hover { text-decoration: underline; }
    h3 { margin: 14px 0 6px; font-size: 13px; color: var(--muted); }
    .names .badge { text-decoration: none; color: var(--text); max-width: 100%; overflow: hidden; } .names .badge:hover { color: var(--accent); } .names .reach { margin-block: 0 !important; }
    .scroll { overflow-x: auto; } td { white-space: nowrap; } td:first-child { white-space: normal; min-width: 120px; } tr:last-child td { border: 0; }
    .away { background: var(--warn-soft); color: var(--warn); padding: 6px 10px; border-radius: var(--radius-small); margin-top: 8px; }
    .bad { color: var(--bad); }
    summary { cursor: pointer; font-weight: 600; } details[open] > * + * { margin-top: 10px; } summary .icon { vertical-align: -3px; }
    .command { display: flex; gap: 8px; align-items: flex-start; } .command pre { flex: 1; min-width: 0; }
    @media (max-width: 600px) { .card > header { display: block; }
      th:nth-child(3), td:nth-child(3), th:nth-child(7), td:nth-child(7) { display: none; } td, th { padding: 6px 5px; font-size: 13px; } td:first-child { min-width: 90px; overflow-wrap: anywhere; }
      .command { flex-direction: column; } .command pre { width: 100%; } }
  `;
}

customElements.define("wz-nodes-view", NodesView);
