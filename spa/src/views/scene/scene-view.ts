import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Facts } from "../../scene/facts";
import { type Filter, fits, Gathering, isWorking, type Names } from "../../scene/gather";
import type { Level } from "../../scene/quality";
import { agents, shownState } from "../../state/agents";
import { connection } from "../../state/bus";
import { agentPlace, placeName } from "../../state/flows";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";

import { shared } from "../../ui/shared";
import { isTrouble } from "../../ui/state-badge";
import "./activity-strip";
import "./card-wall";
import { canDraw, chosenTheme, grouping, motion, type Theme, themeFor } from "./choices";
import "./flat-scene";
import { followHouse, house } from "./house-source";
import "./inspector";
import type { Placed } from "./inspector";
import { grouped, groupLabel } from "./roster";
import type { SceneCanvas } from "./scene-canvas";
import "./scene-canvas";
import { styles } from "./scene-styles";
import "./scene-toolbar";
import type { SceneToolbar } from "./scene-toolbar";
import { t } from "./texts";

const DRAWN_EVERY_MS = 1_000;
const SLOWEST_LEVEL = 3;
const NO_FILTER: Filter = { text: "", state: "", kind: "", node: "" };

/** All agents and the house as one living picture, as a graph, as cards or as a list. */
export class SceneView extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    filter: { state: true },
    selected: { state: true },
    level: { state: true },
    problem: { state: true },
    isKept: { state: true },
  };

  private filter = NO_FILTER;
  private selected = "";
  private level: Level = 0;
  private problem: "" | "noWebgl" | "lost" = "";
  private isKept = false;
  private readonly gathering = new Gathering();
  private facts: Facts | null = null;
  private known: readonly unknown[] = [];
  private entities = new Map<string, Placed>();
  private placedHouse: unknown = null;
  private readonly calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  protected override follows(): readonly Observable[] {
    return [agents, house, connection, chosenTheme, grouping, motion];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    followHouse();
    if (!canDraw()) this.problem = "noWebgl";
    this.every(DRAWN_EVERY_MS, () => this.requestUpdate());
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    return changed.size > 0 || !document.hidden;
  }

  protected override render(): TemplateResult {
    const theme = this.theme;
    const isDrawn = theme === "space" || theme === "graph";
    this.placeHouse();
    if (isDrawn) this.gather();
    return html`
      ${isDrawn ? this.canvas(theme) : nothing}
      <div class="over ${isDrawn ? "drawn" : "read"}">
        <wz-scene-toolbar .filter=${this.filter} .occurring=${this.occurring()} .theme=${theme} .found=${this.found()}
          @filter=${this.onFilter} @overview=${() => this.drawn?.home()}></wz-scene-toolbar>
        ${this.notices(isDrawn)}
        <div class="lower">
          <div class="strip"><p class="counts">${this.counts()}</p><wz-activity-strip .names=${this.device}></wz-activity-strip></div>
        </div>
        ${isDrawn ? nothing : this.readable(theme)}
        ${this.selected ? this.inspector() : nothing}
      </div>
      <p class="hidden" role="status">${this.selected ? this.announced() : ""}</p>`;
  }

  private get theme(): Theme {
    return themeFor(chosenTheme.value, this.problem === "");
  }

  private get drawn(): SceneCanvas | null {
    return this.renderRoot.querySelector("wz-scene-canvas");
  }

  private canvas(theme: Theme): TemplateResult {
    return html`<wz-scene-canvas .facts=${this.facts} .view=${theme === "graph" ? "top" : "orbit"} .selected=${this.selected}
      .still=${this.calm.matches} .paused=${motion.value === "off"} @pick=${this.onPick} @walk=${this.onWalk}
      @leave=${() => this.leave()} @keydown=${this.onKey}
      @level=${(event: CustomEvent<{ level: Level }>) => {
        this.level = event.detail.level;
      }}
      @lost=${(event: CustomEvent<{ isNew: boolean }>) => {
        this.problem = event.detail.isNew ? "noWebgl" : "lost";
      }}></wz-scene-canvas>`;
  }

  private readable(theme: Theme): TemplateResult {
    const groups = grouped(agents.all(), this.filter, grouping.value, house.value, Date.now() / 1000);
    if (!agents.size) return html`<p class="empty">${t("none")}</p>`;
    if (theme === "cards")
      return html`<wz-card-wall .groups=${groups} .device=${this.device} .selected=${this.selected} ?still=${this.calm.matches} @pick=${this.onPick}></wz-card-wall>`;
    return html`<wz-flat-scene .groups=${groups} .house=${this.filter.text ? null : house.value} .device=${this.device} @pick=${this.onPick}></wz-flat-scene>`;
  }

  private notices(isDrawn: boolean): TemplateResult {
    const isAway = connection.value.carrier === "none" && agents.size > 0;
    const isSlow = isDrawn && this.level > 0 && !this.isKept;
    const choose = (theme: Theme) => () => chosenTheme.set(theme);
    return html`<div class="notices" role="status">
      ${isAway ? html`<span class="badge bad"><span class="dot"></span>${t("away")}</span>` : nothing}
      ${this.problem && !isDrawn ? html`<span class="badge warn">${t(this.problem)}</span>` : nothing}
      ${isDrawn && !agents.size ? html`<span class="badge">${t("none")}</span>` : nothing}
      ${isSlow && this.level < SLOWEST_LEVEL ? html`<span class="badge" title=${`${this.level}`}>${t("reduced")}</span>` : nothing}
      ${
        isSlow && this.level === SLOWEST_LEVEL
          ? html`<div class="offer"><span>${t("tooSlow")}</span><button @click=${choose("cards")}>${t("asCards")}</button>
            <button @click=${choose("flat")}>${t("asList")}</button><button class="quiet" @click=${() => {
              this.isKept = true;
            }}>${t("keep")}</button></div>`
          : nothing
      }</div>`;
  }

  private inspector(): TemplateResult {
    return html`<wz-scene-inspector class="inspector" .place=${this.selected} .device=${(id: string) => this.entities.get(id)}
      @close=${() => this.leave()} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.leave()}></wz-scene-inspector>`;
  }

  private gather(): void {
    const now = Date.now() / 1000;
    const { filter } = this;
    const known = [
      agents.all(),
      house.value,
      grouping.value,
      filter,
      document.documentElement.lang,
      Math.floor(now / 5),
    ];
    if (this.facts && known.every((one, index) => one === this.known[index])) return;
    this.known = known;
    const names: Names = {
      people: t("people"),
      bus: t("bus"),
      group: (by, name) => (by === "room" && !name ? t("elsewhere") : groupLabel(by, name, house.value)),
    };
    this.facts = this.gathering.facts(agents.all(), house.value, grouping.value, filter, names, now);
  }

  private counts(): string {
    const now = Date.now() / 1000;
    const all = agents.all();
    const trouble = all.filter((agent) => isTrouble(shownState(agent, now))).length;
    return t("counts", { agents: all.length, busy: all.filter(isWorking).length, trouble });
  }

  private found(): number {
    const isFiltered = Object.values(this.filter).some((value) => value !== "");
    if (!isFiltered) return -1;
    const now = Date.now() / 1000;
    return agents.all().filter((agent) => fits(agent, this.filter, shownState(agent, now))).length;
  }

  private occurring(): SceneToolbar["occurring"] {
    const now = Date.now() / 1000;
    const all = agents.all();
    const distinct = (values: string[]): string[] => [...new Set(values)].sort().slice(0, 40);
    return {
      states: distinct(all.map((agent) => shownState(agent, now))),
      kinds: distinct(all.map((agent) => agent.agentType)),
      nodes: distinct(all.map((agent) => agent.node || "main")),
    };
  }

  private readonly device = (entityId: string): string => this.entities.get(entityId)?.entity.name ?? entityId;

  private placeHouse(): void {
    if (house.value === this.placedHouse) return;
    this.placedHouse = house.value;
    const rooms = house.value?.rooms ?? [];
    this.entities = new Map(
      rooms.flatMap((room) => room.entities.map((entity) => [entity.entity_id, { room, entity }] as const)),
    );
  }

  private announced(): string {
    const name = placeName(this.selected);
    return this.selected.startsWith("device:") ? this.device(name) : name.slice(0, 80);
  }

  private onFilter(event: CustomEvent<{ filter: Filter }>): void {
    this.filter = event.detail.filter;
    const now = Date.now() / 1000;
    const hits = this.filter.text
      ? agents.all().filter((agent) => fits(agent, this.filter, shownState(agent, now)))
      : [];
    const [only] = hits;
    if (hits.length === 1 && only) this.selected = agentPlace(only.name);
  }

  private onPick(event: CustomEvent<{ key: string; isDouble: boolean }>): void {
    const { key, isDouble } = event.detail;
    if (isDouble && key.startsWith("agent:")) location.hash = `#/agents/${encodeURIComponent(placeName(key))}`;
    else if (isDouble && key.startsWith("device:"))
      location.hash = `#/house/${encodeURIComponent(this.entities.get(placeName(key))?.room.id ?? "")}`;
    else this.selected = key;
  }

  private onWalk(event: CustomEvent<{ step: number }>): void {
    const keys = (this.facts?.bodies ?? [])
      .filter((body) => !body.isDim && (body.kind === "agent" || body.kind === "device"))
      .map((body) => body.key);
    const at = keys.indexOf(this.selected);
    const next = at < 0 ? (event.detail.step > 0 ? 0 : -1) : at + event.detail.step;
    const key = keys[next];
    if (key === undefined) return;
    this.selected = key;
    event.preventDefault();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === "/") this.renderRoot.querySelector<SceneToolbar>("wz-scene-toolbar")?.focus();
    else if (event.key === " ") motion.set(motion.value === "on" ? "off" : "on");
    else return;
    event.preventDefault();
  }

  private leave(): void {
    if (this.selected) this.selected = "";
    else this.drawn?.home();
    this.drawn?.renderRoot.querySelector<HTMLElement>(".stage")?.focus();
  }
}

customElements.define("wz-scene-view", SceneView);
