import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { EntityPolicy, RoomEntity } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { call } from "../../gateway/rest";
import { moment } from "../../i18n/texts";
import { act, samplesOf } from "../../state/house";
import { language } from "../../state/preferences";
import { may } from "../../state/session";
import type { ChartPoint } from "../../ui/chart";
import "../../ui/dialog";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { colorStyles, colors } from "./color-wheel";
import { buttons, mainRange, modes, slider, warmthRange } from "./controls";
import { favorites, toggleFavorite } from "./favorites";
import { iconOf, isMovable, tapAction } from "./kinds";
import { moveIt } from "./move-it";
import { type Past, pastOf, steps } from "./past";
import { t } from "./texts";
import { stateText } from "./words";

const HISTORY_SECONDS = 86_400;

/** Everything about one thing: all its controls, what it was like, why it is so, what may be done with it. */
export class EntityDialog extends Element {
  static override styles = [shared, styles(), colorStyles()];
  static override properties = {
    entity: { attribute: false },
    demo: { type: Boolean },
    past: { state: true },
    why: { state: true },
    policy: { state: true },
  };

  entity: RoomEntity | null = null;
  demo = false;
  private past: Past | null = null;
  private why = "";
  private policy: EntityPolicy | null = null;
  private loaded = "";

  protected override follows(): (typeof favorites)[] {
    return [favorites];
  }

  protected override willUpdate(_: PropertyValues): void {
    const id = this.entity?.entity_id ?? "";
    if (id === this.loaded) return;
    this.loaded = id;
    [this.past, this.why, this.policy] = [null, "", null];
    if (this.entity) void this.load(this.entity);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { entity } = this;
    if (!entity) return nothing;
    return html`<wz-dialog open .heading=${entity.name} @close=${() => this.dispatchEvent(new Event("close"))}>
      <div class="stack">
        ${this.summary(entity)}
        ${may("user") ? this.controls(entity) : html`<p class="small muted">${t("reading")}</p>`}
        <section class="stack"><h3>${t("history")}</h3>${this.history(entity)}</section>
        <section class="stack"><h3>${t("why")}</h3><p class="why foreign">${this.why || "…"}</p></section>
        <section class="stack"><h3>${t("policy")}</h3><p>${this.rights(entity)} <a href="#/settings/policies">${t("policyLink")}</a></p></section>
      </div></wz-dialog>`;
  }

  private summary(entity: RoomEntity): TemplateResult {
    const isFavorite = favorites.value.has(entity.entity_id);
    const label = t(isFavorite ? "unfavorite" : "favorite");
    return html`<div class="row summary"><span class="picture">${icon(iconOf(entity), 26)}</span>
      <div class="grow"><p class="big foreign">${stateText(entity) || "–"}</p>
        <p class="small muted">${entity.last_changed ? t("changed", { time: moment(entity.last_changed) }) : nothing} <span class="mono foreign">${entity.entity_id}</span></p></div>
      <button class="icon ${isFavorite ? "favorite" : ""}" aria-pressed=${isFavorite} title=${label} aria-label=${label}
        @click=${() => toggleFavorite(entity.entity_id)}>${icon("star", 18)}</button></div>`;
  }

  private controls(entity: RoomEntity): TemplateResult {
    const isOff = !entity.available;
    const range = mainRange(entity);
    const warmth = warmthRange(entity);
    const tap = tapAction(entity);
    const label = TAPS[tap as keyof typeof TAPS];
    return html`
      ${
        label
          ? html`<button class="primary wide" ?disabled=${isOff} @click=${() => this.act(tap)}>${t(label)}${entity.asks.includes(tap) ? html` · <span class="small">${t("asks")}</span>` : nothing}</button>`
          : nothing
      }
      ${range ? slider(range, this.act, isOff, entity.name) : nothing}
      ${warmth ? slider(warmth, this.act, isOff, entity.name) : nothing}
      ${entity.actions.includes("set_color") ? colors(entity, this.act, isOff) : nothing}
      ${buttons(entity, this.act, isOff)} ${modes(entity, this.act, isOff)}
      ${isMovable(entity, this.demo) ? html`<div class="stack demo"><p class="small muted">${t("moveHint")}</p>${moveIt(entity)}</div>` : nothing}`;
  }

  private history(entity: RoomEntity): TemplateResult {
    const seen = samplesOf(entity.entity_id).map((one): ChartPoint => [one.t, one.v]);
    const recorded = this.past?.numbers ?? [];
    const points: readonly ChartPoint[] = recorded.length > 1 ? [...recorded, ...seen.slice(-1)] : seen;
    if (points.length > 1) {
      const text = recorded.length > 1 ? entity.name : t("seen");
      return html`<wz-chart .series=${[{ label: text, points, shape: "step" }]} .unit=${entity.unit ?? ""} .label=${entity.name} height="150"></wz-chart>`;
    }
    const changes = this.past?.changes ?? [];
    if (!changes.length) return html`<p class="small muted">${this.past ? t("noHistory") : "…"}</p>`;
    return html`<ol class="past" tabindex="0">${steps(changes).map(
      (one) =>
        html`<li class="row"><time class="small muted">${moment(one.t)}</time><span class="foreign">${stateText({ ...entity, state: one.state, attributes: {}, available: one.state !== "unavailable" })}</span></li>`,
    )}</ol>`;
  }

  private rights(entity: RoomEntity): string {
    const said = [t(`policy${entity.risk}`)];
    const { policy } = this;
    if (policy?.quiet_hours) said.push(t("quiet", { hours: policy.quiet_hours }));
    if (policy?.pin) said.push(t("pin"));
    if (policy?.persons?.length) said.push(t("persons", { names: policy.persons.join(", ") }));
    return said.join(" ");
  }

  private async load(entity: RoomEntity): Promise<void> {
    const id = entity.entity_id;
    const path = { entity_id: id };
    void import("../../ui/chart");
    const [past, why, policy] = await Promise.allSettled([
      call("GET /api/house/{entity_id}/history", { path, query: { seconds: HISTORY_SECONDS } }),
      call("GET /api/why/{entity_id}", { path, query: { language: language.value } }),
      call("GET /api/policies/{entity_id}", { path }),
    ]);
    if (this.loaded !== id) return;
    this.past = pastOf(past.status === "fulfilled" ? past.value : null);
    this.why = why.status === "fulfilled" ? why.value.text : sentenceOf(why.reason);
    this.policy = policy.status === "fulfilled" ? policy.value : null;
  }

  private readonly act = (action: string, data: Record<string, unknown> = {}): void => {
    const { entity } = this;
    if (entity) void act(entity, action, data).catch((error: unknown) => toast(sentenceOf(error), "bad"));
  };
}

const TAPS = {
  turn_on: "doOn",
  turn_off: "doOff",
  lock: "doLock",
  unlock: "doUnlock",
  start: "start",
  dock: "dock",
  press: "run",
} as const;

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: contents; }
    .summary { flex-wrap: nowrap; gap: 12px; } .big { font-size: 20px; font-weight: 650; } .picture { display: grid; place-content: center; width: 48px; height: 48px; border-radius: 14px; background: var(--sunken); flex: none; }
    .favorite { color: var(--lit); } .favorite svg { fill: currentColor; } .wide { min-height: 48px; width: 100%; }
    section { border-top: 1px solid var(--line); padding-top: 10px; gap: 6px; } .why { white-space: pre-wrap; }
    .slide { display: grid; grid-template-columns: 92px minmax(0, 1fr) 64px; align-items: center; gap: 10px; min-height: 38px; } .slide output { text-align: end; }
    .slide.warmth input { background: linear-gradient(90deg, #ffb14a, #ffe3bd, #dbe8ff); border-radius: 99px; height: 8px; }
    .knobs button { flex: 1 1 60px; min-height: 44px; } .target { justify-content: center; } .target button { min-width: 56px; min-height: 44px; font-size: 20px; } .target .grow { text-align: center; }
    .colors { display: flex; flex-wrap: wrap; gap: 8px; } .colors button { width: 40px; min-height: 40px; padding: 0; border-radius: 50%; }
    .demo { border: 1px dashed var(--line); border-radius: var(--radius); padding: 8px 12px; gap: 4px; }
    .past { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px; max-height: 180px; overflow: auto; } .past time { min-width: 158px; }
  `;
}

customElements.define("wz-entity-dialog", EntityDialog);
