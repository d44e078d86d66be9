import { css, html, nothing, type TemplateResult } from "lit";
import { sentenceOf } from "../../gateway/errors";
import { type Agent, agents, isSpawned, nodeOf, shownState } from "../../state/agents";
import { followNodes, isOnline, nodes } from "../../state/nodes";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { choices, type WishKind, want, wishes } from "../../state/wishes";
import { chooseDialog, confirmDialog } from "../../ui/dialog";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { type IconName, icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { t } from "./texts";
import { agentLink, nodeText } from "./words";

const ICONS: Record<WishKind, IconName> = {
  start: "play",
  resume: "play",
  pause: "pause",
  restart: "restart",
  stop: "stop",
  migrate: "nodes",
  delete: "trash",
};
const ORDER: readonly WishKind[] = ["start", "resume", "pause", "restart", "stop", "migrate"];

/** What can be done with an agent, as far as its state and the person's role allow. */
export class AgentControls extends Element {
  static override styles = [shared, styles()];
  static override properties = { agent: { attribute: false } };

  agent: Agent | null = null;
  private unfollow: (() => void) | null = null;

  protected override follows(): readonly Observable[] {
    return [agents, wishes, session, nodes];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unfollow = followNodes();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  protected override render(): TemplateResult {
    const { agent } = this;
    if (!agent) return html``;
    if (!may("admin")) return html`<p class="small muted">${t("roleNote")}</p>`;
    const possible = choices(agent, shownState(agent, Date.now() / 1000));
    const isBusy = wishes.get(agent.id) !== undefined;
    return html`<div class="row">
      ${ORDER.filter((kind) => possible.includes(kind)).map((kind) => this.button(agent, kind, isBusy))}
      ${agent.spawned ? html`<a class="button" href=${agentLink(agent.name, "edit")}>${icon("edit", 16)}${t("edit")}</a>` : nothing}
      ${possible.includes("delete") ? this.button(agent, "delete", isBusy) : nothing}
    </div>
    ${notes(agent).map((note) => html`<p class="small muted">${note}</p>`)}`;
  }

  private button(agent: Agent, kind: WishKind, isBusy: boolean): TemplateResult {
    return html`<button class=${kind === "delete" ? "danger" : ""} ?disabled=${isBusy} @click=${() => void this.ask(agent, kind)}>
      ${icon(ICONS[kind], 16)}${t(kind)}</button>`;
  }

  private async ask(agent: Agent, kind: WishKind): Promise<void> {
    const target = kind === "migrate" ? await whereTo(agent) : "";
    if (target === null || !(await isMeant(agent, kind))) return;
    try {
      const text = await want(agent, kind, target);
      toast(text || t("done", { name: agent.name }), "good");
      if (kind === "delete") location.hash = "#/agents";
    } catch (error) {
      toast(sentenceOf(error), "bad");
    }
  }
}

async function isMeant(agent: Agent, kind: WishKind): Promise<boolean> {
  const name = nameOf(agent.name);
  if (kind === "delete") {
    const question = { title: t("deleteTitle", { name }), text: t("deleteText"), confirm: t("delete") };
    return confirmDialog({ ...question, danger: true, ...(name === agent.name ? { typed: name } : {}) });
  }
  if (kind === "stop" && !isSpawned(agent)) {
    const question = { title: t("stopTitle", { name }), text: t("stopOwnText", { name }), confirm: t("stop") };
    return confirmDialog({ ...question, danger: true });
  }
  return true;
}

async function whereTo(agent: Agent): Promise<string | null> {
  const now = Date.now() / 1000;
  const others = nodes.all().filter((node) => isOnline(node, now) && node.node !== nodeOf(agent));
  if (!others.length) {
    toast(t("migrateNowhere"), "warn");
    return null;
  }
  return chooseDialog({
    title: t("migrateTitle", { name: agent.name }),
    text: t("migrateText"),
    choose: t("migrateTo"),
    confirm: t("migrate"),
    choices: others.map((node) => ({ value: node.node, label: nodeText(node) })),
  });
}

function notes(agent: Agent): string[] {
  return [...(agent.essential ? [t("essentialNote")] : []), ...(agent.protected ? [t("protectedNote")] : [])];
}

function styles(): ReturnType<typeof css> {
  return css`.row { margin-bottom: 4px; }`;
}

customElements.define("wz-agent-controls", AgentControls);
