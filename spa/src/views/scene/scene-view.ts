import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Box } from "../../scene/declutter";
import type { Facts } from "../../scene/facts";
import { type Filter, fits, Gathering, isWorking, type Names } from "../../scene/gather";
import type { Level } from "../../scene/quality";
import { agents, shownState } from "../../state/agents";
import { connection } from "../../state/bus";
import { agentPlace, placeName } from "../../state/flows";
import { entities, house } from "../../state/house";
import { motion as wished } from "../../state/preferences";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { isTrouble } from "../../ui/state-badge";
import "./activity-strip";
import "./card-wall";
import { canDraw, chosenTheme, grouping, isStill, motion, type Theme, themeFor } from "./choices";
import { Cover } from "./cover";
import { kindOf } from "./device-kinds";
import "./flat-scene";
import { entityName, entityNow, houseNow } from "./house-now";
import "./inspector";
import { grouped, groupLabel, occurring } from "./roster";
import type { SceneCanvas } from "./scene-canvas";
import "./scene-canvas";
import { styles } from "./scene-styles";
import "./scene-toolbar";
import type { SceneToolbar } from "./scene-toolbar";
import { t } from "./texts";

const DRAWN_EVERY_MS = 1_000;
const READ_EVERY_MS = 450;
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
    covered: { state: true },
  };

  private filter = NO_FILTER;
  private selected = "";
  private level: Level = 0;
  private problem: "" | "noWebgl" | "lost" = "";
  private isKept = false;
  private covered: readonly Box[] = [];
  private readonly cover = new Cover((boxes) => Object.assign(this, { covered: boxes }));
  private readonly gathering = new Gathering();
  private facts: Facts | null = null;
  private drawnAt = 0;
  private known: readonly unknown[] = [];
  private drawnAs = "";

  protected override follows(): readonly Observable[] {
    return [agents, house, entities, connection, chosenTheme, grouping, motion, wished];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!canDraw()) this.problem = "noWebgl";
    this.every(DRAWN_EVERY_MS, () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cover.forget();
  }

  /** What is only read need not change as fast as it comes; nothing need while nobody sees it. */
  protected override shouldUpdate(changed: PropertyValues): boolean {
    const isRead = this.theme === "cards" || this.theme === "flat";
    const isSoon = performance.now() - this.drawnAt < (isRead ? READ_EVERY_MS : 0);
    return changed.size > 0 || this.drawnAs !== this.choice || !(document.hidden || isSoon);
  }

  protected override updated(): void {
    this.drawnAt = performance.now();
    this.drawnAs = this.choice;
    this.cover.follow(this, [...this.renderRoot.querySelectorAll(".drawn > wz-scene-toolbar, .drawn .strip")]);
  }

  private get choice(): string {
    return [this.theme, isStill(), grouping.value, motion.value].join();
  }

  protected override render(): TemplateResult {
    const theme = this.theme;
    const isDrawn = theme === "space" || theme === "graph";
    if (isDrawn) this.gather();
    return html`
      ${isDrawn ? this.canvas(theme) : nothing}
      <div class="over ${isDrawn ? "drawn" : "read"}">
        <wz-scene-toolbar .filter=${this.filter} .occurring=${occurring(agents.all(), Date.now() / 1000)} .theme=${theme} .found=${this.found()}
          @filter=${this.onFilter} @overview=${() => this.drawn?.home()}></wz-scene-toolbar>
        ${this.notices(isDrawn)}
        <div class="lower">
          <div class="strip"><p class="counts">${this.counts()}</p><wz-activity-strip ?wide=${!isDrawn} .names=${entityName}></wz-activity-strip></div>
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
    return html`<wz-scene-canvas .facts=${this.facts} .covered=${this.covered} .view=${theme === "graph" ? "top" : "orbit"} .selected=${this.selected}
      .still=${isStill()} .paused=${motion.value === "off"} @pick=${this.onPick} @walk=${this.onWalk}
      @leave=${() => this.leave()} @keydown=${this.onKey}
      @level=${(event: CustomEvent<{ level: Level }>) => {
        this.level = event.detail.level;
      }}
      @lost=${(event: CustomEvent<{ isNew: boolean }>) => {
        this.problem = event.detail.isNew ? "noWebgl" : "lost";
      }}></wz-scene-canvas>`;
  }

  private readable(theme: Theme): TemplateResult {
    const groups = grouped(agents.all(), this.filter, grouping.value, houseNow(), Date.now() / 1000);
    if (!agents.size) return html`<p class="empty">${t("none")}</p>`;
    if (theme === "cards")
      return html`<wz-card-wall .groups=${groups} .device=${entityName} .selected=${this.selected} ?still=${isStill()} @pick=${this.onPick}></wz-card-wall>`;
    return html`<wz-flat-scene .groups=${groups} .house=${this.filter.text ? null : houseNow()} .device=${entityName} @pick=${this.onPick}></wz-flat-scene>`;
  }

  private notices(isDrawn: boolean): TemplateResult | typeof nothing {
    const isSlow = isDrawn && this.level > 0 && !this.isKept;
    const texts = [
      connection.value.carrier === "none" && agents.size > 0 ? t("away") : "",
      this.problem && !isDrawn ? t(this.problem) : "",
      isDrawn && !agents.size ? t("none") : "",
      isSlow && this.level < SLOWEST_LEVEL ? t("reduced") : "",
    ].filter(Boolean);
    const isTooSlow = isSlow && this.level === SLOWEST_LEVEL;
    if (!texts.length && !isTooSlow) return nothing;
    return html`<div class="notices" role="status">
      ${texts.map((text) => html`<span class="badge">${text}</span>`)}${isTooSlow ? this.offer() : nothing}</div>`;
  }

  private offer(): TemplateResult {
    return html`<div class="offer"><span>${t("tooSlow")}</span>
      <button @click=${() => chosenTheme.set("cards")}>${t("asCards")}</button>
      <button @click=${() => chosenTheme.set("flat")}>${t("asList")}</button>
      <button class="quiet" @click=${() => {
        this.isKept = true;
      }}>${t("keep")}</button></div>`;
  }

  private inspector(): TemplateResult {
    return html`<wz-scene-inspector class="inspector" .place=${this.selected} .device=${entityNow}
      @close=${() => this.leave()} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.leave()}></wz-scene-inspector>`;
  }

  private gather(): void {
    const now = Date.now() / 1000;
    const { filter } = this;
    const known = [
      agents.all(),
      houseNow(),
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
      kind: kindOf,
      group: (by, name) => (by === "room" && !name ? t("elsewhere") : groupLabel(by, name, houseNow())),
    };
    this.facts = this.gathering.facts(agents.all(), houseNow(), grouping.value, filter, names, now);
  }

  private counts(): string {
    const all = agents.all();
    const trouble = all.filter((agent) => isTrouble(shownState(agent, Date.now() / 1000))).length;
    return t("counts", { agents: all.length, busy: all.filter(isWorking).length, trouble });
  }

  private found(): number {
    const isFiltered = Object.values(this.filter).some((value) => value !== "");
    if (!isFiltered) return -1;
    const now = Date.now() / 1000;
    return agents.all().filter((agent) => fits(agent, this.filter, shownState(agent, now))).length;
  }

  private announced(): string {
    const name = placeName(this.selected);
    return this.selected.startsWith("device:") ? entityName(name) : name.slice(0, 80);
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
      location.hash = `#/house/${encodeURIComponent(entityNow(placeName(key))?.room.id ?? "")}`;
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
