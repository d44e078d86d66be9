import { css, html, type TemplateResult } from "lit";
import type { Filter, Grouping } from "../../scene/gather";
import { shortText } from "../../scene/names";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { type IconName, icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { stateText } from "../../ui/state-badge";
import { chosenTheme, GROUPINGS, grouping, motion, THEMES, type Theme } from "./choices";
import { t } from "./texts";

/** What can be filtered by, as it occurs now. */
export interface Occurring {
  states: readonly string[];
  kinds: readonly string[];
  nodes: readonly string[];
}

const ICONS: Record<Theme, IconName> = { space: "scene", graph: "graph", cards: "cards", flat: "list" };
const GROUP_TEXTS = { node: "byNode", kind: "byKind", room: "byRoom" } as const;

/** Search, filters, grouping, theme and motion. Tells `filter` {filter}, `overview`. */
export class SceneToolbar extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    filter: { attribute: false },
    occurring: { attribute: false },
    theme: {},
    found: { type: Number },
    isOpen: { state: true },
  };

  filter: Filter = { text: "", state: "", kind: "", node: "" };
  occurring: Occurring = { states: [], kinds: [], nodes: [] };
  theme: Theme = "space";
  found = -1;
  private isOpen = false;

  protected override follows(): readonly Observable[] {
    return [grouping, motion, chosenTheme];
  }

  /** Put the cursor into the search field. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLInputElement>("input")?.focus();
  }

  protected override render(): TemplateResult {
    const count = [this.filter.state, this.filter.kind, this.filter.node].filter(Boolean).length;
    return html`<div class="bar">
      <div class="search">${icon("search", 16)}<input type="search" aria-label=${t("search")} placeholder=${t("search")} .value=${this.filter.text}
        @input=${(event: Event) => this.change({ text: (event.target as HTMLInputElement).value })}>
        ${this.found >= 0 ? html`<span class="muted small" role="status">${t("found", { count: this.found })}</span>` : ""}</div>
      <button class="tool" aria-expanded=${this.isOpen} aria-label=${t("filters")} title=${t("filters")} @click=${() => {
        this.isOpen = !this.isOpen;
      }}>${icon("filter", 18)}${count ? html`<span class="badge accent">${count}</span>` : ""}</button>
      <div class="switch" role="group" aria-label=${t("theme")}>${THEMES.map(
        (
          one,
        ) => html`<button class="tool" aria-pressed=${one === this.theme} title=${t(one)} aria-label=${t(one)} @click=${() => chosenTheme.set(one)}>
          ${icon(ICONS[one], 18)}<span>${t(one)}</span></button>`,
      )}</div>
      ${this.theme === "space" || this.theme === "graph" ? this.drawnTools() : ""}
    </div>
    ${this.isOpen ? this.filters() : ""}`;
  }

  private drawnTools(): TemplateResult {
    const isOn = motion.value === "on";
    return html`<button class="tool" title=${t(isOn ? "pause" : "play")} aria-label=${t(isOn ? "pause" : "play")} aria-pressed=${!isOn} @click=${() => motion.set(isOn ? "off" : "on")}>${icon(isOn ? "pause" : "play", 18)}</button>
      <button class="tool" title=${t("overview")} aria-label=${t("overview")} @click=${() => this.dispatchEvent(new CustomEvent("overview"))}>${icon("frame", 18)}</button>`;
  }

  private filters(): TemplateResult {
    const { filter, occurring } = this;
    return html`<div class="card filters">
      <label>${t("grouping")}<select @change=${(event: Event) => grouping.set(chosenIn(event) as Grouping)}>${GROUPINGS.map(
        (one) => html`<option value=${one} ?selected=${one === grouping.value}>${t(GROUP_TEXTS[one])}</option>`,
      )}</select></label>
      ${this.choice("state", t("state"), t("anyState"), filter.state, occurring.states, stateText)}
      ${this.choice("kind", t("kind"), t("anyKind"), filter.kind, occurring.kinds, shortText)}
      ${this.choice("node", t("node"), t("anyNode"), filter.node, occurring.nodes, (node) => (node === "main" ? t("mainMachine") : shortText(node)))}
      ${this.legend()}
    </div>`;
  }

  private choice(
    field: "state" | "kind" | "node",
    label: string,
    any: string,
    value: string,
    values: readonly string[],
    name: (value: string) => string,
  ): TemplateResult {
    return html`<label>${label}<select @change=${(event: Event) => this.change({ [field]: chosenIn(event) })}>
      <option value="" ?selected=${!value}>${any}</option>
      ${values.map((one) => html`<option value=${one} ?selected=${one === value}>${name(one)}</option>`)}</select></label>`;
  }

  private legend(): TemplateResult {
    const lines = ["Task", "Reply", "Chat", "Event", "Change", "Actuation"] as const;
    return html`<details class="legend"><summary>${t("legend")}</summary>
      <p>${t("legendState")}</p><p>${t("legendBeat")}</p><p>${t("legendCost")}</p>
      <ul>${lines.map((one) => html`<li><span class="line ${one}"></span>${t(`legend${one}`)}</li>`)}</ul></details>`;
  }

  private change(part: Partial<Filter>): void {
    this.dispatchEvent(new CustomEvent("filter", { detail: { filter: { ...this.filter, ...part } } }));
  }
}

function chosenIn(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { position: relative; pointer-events: auto; }
    .bar { display: flex; gap: 6px; align-items: center; }
    .search { position: relative; display: flex; align-items: center; flex: 1 1 240px; min-width: 90px; max-width: 340px; }
    .search svg { position: absolute; inset-inline-start: 10px; color: var(--muted); pointer-events: none; }
    .search input { padding-inline-start: 32px; background: color-mix(in srgb, var(--surface) 90%, transparent); text-overflow: ellipsis; }
    .search span { position: absolute; inset-inline-end: 34px; pointer-events: none; }
    .tool { padding: 0 9px; min-height: 36px; background: color-mix(in srgb, var(--raised) 90%, transparent); }
    .switch { display: flex; margin-inline-start: auto; }
    .switch .tool { border-radius: 0; margin-inline-start: -1px; font-size: 13px; } .switch .tool:first-child { border-start-start-radius: 6px; border-end-start-radius: 6px; } .switch .tool:last-child { border-start-end-radius: 6px; border-end-end-radius: 6px; }
    .tool[aria-pressed="true"] { background: var(--accent-soft); color: var(--accent); border-color: var(--accent); z-index: 1; }
    .filters { position: absolute; z-index: 4; inset-block-start: calc(100% + 6px); inset-inline-start: 0; width: min(300px, 100%); display: grid; gap: 8px; box-shadow: var(--shadow); }
    .legend { font-size: 13px; color: var(--muted); } .legend summary { cursor: pointer; } .legend ul { list-style: none; margin: 6px 0 0; padding: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }
    .legend li { display: flex; align-items: center; gap: 6px; } .line { width: 18px; height: 3px; border-radius: 2px; background: var(--muted); }
    .Task { background: var(--accent); } .Reply { background: var(--good); } .Chat { background: var(--text); } .Change { background: var(--warn); } .Actuation { background: var(--lit); }
    @media (max-width: 1279px) { .switch span { display: none; } }
    @media (max-width: 719px) { .bar { flex-wrap: wrap; } .search { flex-basis: 100%; max-width: none; } .switch .tool { padding: 0 11px; } .filters { width: 100%; } }`;
}

customElements.define("wz-scene-toolbar", SceneToolbar);
