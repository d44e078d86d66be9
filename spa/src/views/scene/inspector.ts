import { css, html, nothing, type TemplateResult } from "lit";
import type { AgentView, Room, RoomEntity } from "../../contracts/rest";
import { dollars, number, span } from "../../i18n/texts";
import { shortText } from "../../scene/names";
import { agentNamed, agents, shownState } from "../../state/agents";
import { BUS, type Message, messagesOf, PERSON, placeName } from "../../state/flows";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { stateBadge } from "../../ui/state-badge";
import { stateText as deviceState } from "../house/words";
import { nameOf } from "./sentences";
import { t } from "./texts";

const DRAWN_EVERY_MS = 1_000;
const NAME_LENGTH = 60;
const TEXT_LENGTH = 220;

/** An entity with the room it stands in. */
export interface Placed {
  room: Room;
  entity: RoomEntity;
}

/** What is known of the picked place. Tells `close`. */
export class SceneInspector extends Element {
  static override styles = [shared, styles()];
  static override properties = { place: {}, device: { attribute: false } };

  place = "";
  /** Finds an entity. */
  device: (entityId: string) => Placed | undefined = () => undefined;

  protected override follows(): readonly Observable[] {
    return this.place.startsWith("agent:") ? [] : [agents];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(DRAWN_EVERY_MS, () => this.requestUpdate());
  }

  protected override render(): TemplateResult {
    const name = this.called();
    return html`<aside class="card" aria-label=${t("details", { name })}>
      <div class="row spread head">
        <h2 class="foreign">${name}</h2>
        <button class="quiet icon" aria-label=${t("close")} @click=${() => this.dispatchEvent(new CustomEvent("close"))}>${icon("close", 18)}</button>
      </div>
      ${this.body()}
    </aside>`;
  }

  private called(): string {
    if (this.place === BUS || this.place === PERSON) return nameOf(this.place, String);
    const name = placeName(this.place);
    const found = this.place.startsWith("device:") ? this.device(name)?.entity.name : name;
    return shortText(found ?? name, NAME_LENGTH);
  }

  private body(): TemplateResult {
    if (this.place === BUS) return html`<p class="muted small">${t("busText")}</p>`;
    if (this.place === PERSON) return html`<p class="muted small">${t("peopleText")}</p>`;
    const name = placeName(this.place);
    if (this.place.startsWith("device:")) return this.deviceBody(this.device(name));
    const agent = agentNamed(name);
    return agent ? this.agentBody(agent) : html`<p class="muted small">${t("gone")}</p>${this.messages()}`;
  }

  private agentBody(agent: AgentView): TemplateResult {
    const now = Date.now() / 1000;
    const error = agent.last_error?.["error"];
    return html`
      <div class="row">${stateBadge(shownState(agent, now))}<span class="badge">${shortText(agent.agentType)}</span>
        ${agent.node ? html`<span class="badge foreign">${shortText(agent.node)}</span>` : nothing}</div>
      <p class="small foreign">${agent.task ? shortText(agent.task, TEXT_LENGTH) : html`<span class="muted">${t("resting")}</span>`}</p>
      <dl>
        ${fact(t("beat"), agent.last_seen > 0 ? t("ago", { time: span(now - agent.last_seen) }) : t("never"))}
        ${fact(t("cost"), dollars(agent.costUsd ?? 0))}
        ${agent.mem == null ? nothing : fact(t("memory"), `${number(agent.mem)} MiB`)}
        ${agent.messagesProcessed == null ? nothing : fact(t("messages"), number(agent.messagesProcessed))}
        ${agent.errors ? fact(t("errors"), number(agent.errors)) : nothing}
        ${agent.restart_count ? fact(t("restarts"), number(agent.restart_count)) : nothing}
      </dl>
      ${typeof error === "string" && error ? html`<p class="error small foreign">${shortText(error, TEXT_LENGTH)}</p>` : nothing}
      ${this.messages()}
      <a class="button" href="#/agents/${encodeURIComponent(agent.name)}">${t("openAgent")}${icon("chevron", 16)}</a>`;
  }

  private deviceBody(found: Placed | undefined): TemplateResult {
    if (!found) return html`<p class="muted small foreign">${shortText(placeName(this.place), NAME_LENGTH)}</p>`;
    const { room, entity } = found;
    return html`
      <div class="row"><span class="badge ${entity.available ? "accent" : "warn"} foreign">${shortText(
        deviceState(entity),
      )}</span></div>
      <dl>${fact(t("room"), shortText(room.name || t("elsewhere")))}</dl>
      ${entity.risk === "C" ? html`<p class="muted small">${t("asks")}</p>` : nothing}
      <a class="button" href="#/house/${encodeURIComponent(room.id)}">${t("openHouse")}${icon("chevron", 16)}</a>`;
  }

  private messages(): TemplateResult {
    const rows = messagesOf(this.place);
    return html`<h3>${t("lastMessages")}</h3>
      ${rows.length ? html`<ul>${rows.map((row) => this.message(row))}</ul>` : html`<p class="muted small">${t("noMessages")}</p>`}`;
  }

  private message(row: Message): TemplateResult {
    const name = nameOf(row.other, (id) => this.device(id)?.entity.name ?? id);
    const kinds = {
      task: "legendTask",
      reply: "legendReply",
      event: "legendEvent",
      chat: "legendChat",
      actuation: "legendActuation",
      state: "legendChange",
      trigger: "legendEvent",
      beat: "legendEvent",
      died: "legendEvent",
    } as const;
    return html`<li title=${shortText(row.topic, TEXT_LENGTH)}><span class="way ${row.kind}">${row.outgoing ? "→" : "←"}</span>
      <span class="grow foreign clip">${t(row.outgoing ? "to" : "from", { name })}</span>
      <span class="muted">${t(kinds[row.kind])}${row.count > 1 ? ` ×${number(row.count)}` : ""}</span></li>`;
  }
}

function fact(label: string, value: string): TemplateResult {
  return html`<div><dt>${label}</dt><dd class="foreign">${value}</dd></div>`;
}

function styles(): ReturnType<typeof css> {
  return css`
    aside { display: grid; gap: 10px; box-shadow: var(--shadow); background: color-mix(in srgb, var(--surface) 94%, transparent); max-height: 100%; overflow: auto; }
    .head { flex-wrap: nowrap; align-items: start; } h2 { min-width: 0; } h3 { font-size: 13px; color: var(--muted); }
    dl { margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 6px 12px; }
    dt { font-size: 11.5px; color: var(--muted); } dd { margin: 0; font-size: 14px; font-variant-numeric: tabular-nums; }
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 3px; }
    li { display: flex; gap: 6px; font-size: 12.5px; min-width: 0; } li .muted { flex: none; }
    .way { color: var(--muted); } .way.task { color: var(--accent); } .way.reply { color: var(--good); } .way.actuation { color: var(--warn); }`;
}

customElements.define("wz-scene-inspector", SceneInspector);
