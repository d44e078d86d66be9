import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { AgentView, HouseView, RoomEntity } from "../../contracts/rest";
import { dollars } from "../../i18n/texts";
import { isOn } from "../../scene/gather";
import { shortText } from "../../scene/names";
import { shownState } from "../../state/agents";
import { agentPlace, devicePlace } from "../../state/flows";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { stateBadge } from "../../ui/state-badge";
import { stateText as deviceState } from "../house/words";
import { doing, type GroupRows, lastBeat } from "./roster";
import { t } from "./texts";

const NAME_LENGTH = 60;
const DEVICES_OF_ROOM = 40;

/** The same facts as text: agents in groups, and the rooms with what is on. Tells `pick` {key}. */
export class FlatScene extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    groups: { attribute: false },
    house: { attribute: false },
    device: { attribute: false },
  };

  groups: readonly GroupRows[] = [];
  house: HouseView | null = null;
  device: (entityId: string) => string = String;

  protected override render(): TemplateResult {
    const now = Date.now() / 1000;
    return html`
      <h2>${t("agentsTitle")}</h2>
      ${this.groups.length ? nothing : html`<p class="empty">${t("noneFound")}</p>`}
      ${repeat(
        this.groups,
        (group) => group.group,
        (
          group,
        ) => html`<section class="card"><h3 class="foreign">${shortText(group.label)} <span class="muted small">${group.rows.length}</span></h3>
          <table><thead class="hidden"><tr><th>${t("agent")}</th><th>${t("state")}</th><th>${t("task")}</th><th>${t("beat")}</th><th>${t("cost")}</th></tr></thead>
          <tbody>${repeat(
            group.rows,
            (agent) => agent.id,
            (agent) => this.agent(agent, now),
          )}</tbody></table></section>`,
      )}
      ${this.rooms()}`;
  }

  private agent(agent: AgentView, now: number): TemplateResult {
    return html`<tr>
      <th scope="row"><button class="quiet name" @click=${() => this.pick(agentPlace(agent.name))}><span class="foreign">${shortText(agent.name, NAME_LENGTH)}</span></button></th>
      <td>${stateBadge(shownState(agent, now))}</td>
      <td class="doing foreign">${doing(agent, this.device)}</td>
      <td class="number muted beat">${lastBeat(agent, now)}</td>
      <td class="number cost">${agent.costUsd ? dollars(agent.costUsd) : "–"}</td></tr>`;
  }

  private rooms(): TemplateResult | typeof nothing {
    const rooms = this.house?.rooms.filter((room) => room.entities.length) ?? [];
    if (!rooms.length) return nothing;
    return html`<h2>${t("devicesTitle")}</h2><div class="rooms">${rooms.map(
      (room) => html`<section class="card"><h3 class="foreign">${shortText(room.name || t("elsewhere"))}</h3>
        <ul>${room.entities.slice(0, DEVICES_OF_ROOM).map((entity) => this.entity(entity))}</ul></section>`,
    )}</div>`;
  }

  private entity(entity: RoomEntity): TemplateResult {
    return html`<li class=${isOn(entity.state) ? "on" : ""}>
      <button class="quiet name" @click=${() => this.pick(devicePlace(entity.entity_id))}><span class="foreign">${shortText(entity.name, NAME_LENGTH)}</span></button>
      <span class="foreign state">${shortText(deviceState(entity))}</span></li>`;
  }

  private pick(key: string): void {
    this.dispatchEvent(new CustomEvent("pick", { detail: { key, isDouble: false } }));
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; gap: 12px; align-content: start; }
    h2 { margin: 4px 2px 0; } h3 { margin-bottom: 4px; }
    th { font-size: 14px; color: var(--text); font-weight: 600; } .card { overflow: hidden; }
    .name { min-height: 28px; padding: 0 4px; margin-inline-start: -4px; white-space: normal; text-align: start; font-weight: inherit; }
    .beat { white-space: nowrap; } .doing { color: var(--muted); width: 40%; } tr:last-child > * { border-bottom: 0; }
    tbody tr { content-visibility: auto; contain-intrinsic-size: auto 42px; }
    .rooms { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); align-items: start; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { display: flex; justify-content: space-between; gap: 8px; align-items: center; font-size: 14px; color: var(--muted); }
    li.on { color: var(--text); } li.on .state { color: var(--warn); font-weight: 600; } li button { color: inherit; }
    @media (max-width: 719px) {
      tbody tr { display: grid; grid-template-columns: 1fr auto; gap: 0 8px; align-items: center; padding: 3px 0 7px; border-bottom: 1px solid var(--line); }
      tbody th, tbody td { border: 0; padding: 1px 0; } .doing { grid-column: 1; width: auto; font-size: 13px; } .cost { display: none; } .beat { font-size: 12px; }
    }`;
}

customElements.define("wz-flat-scene", FlatScene);
