import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { RoomEntity } from "../../contracts/rest";
import { act, samplesOf, type Underway } from "../../state/house";
import { may } from "../../state/session";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { buttons, mainRange, slider } from "./controls";
import { glowOf } from "./glow";
import { iconOf, isActive, isKnown, isMovable, tapAction } from "./kinds";
import { moveIt } from "./move-it";
import { sparkline } from "./sparkline";
import { t } from "./texts";
import { tileStyles } from "./tile-styles";
import { stateText } from "./words";

const LONG_PRESS_MS = 550;

/** One thing of the house: its state, a tap, and what matters most of its controls. Fires `more` with its id. */
export class Tile extends Element {
  static override styles = [shared, tileStyles()];
  static override properties = {
    entity: { attribute: false },
    way: { attribute: false },
    demo: { type: Boolean },
    favorite: { type: Boolean },
    writable: { type: Boolean },
  };

  entity: RoomEntity | null = null;
  /** What is on its way to it. */
  way: Underway | undefined = undefined;
  demo = false;
  favorite = false;
  /** Whether the person here may move devices. */
  writable = false;
  private press: ReturnType<typeof setTimeout> | undefined;
  private wasLong = false;

  protected override render(): TemplateResult | typeof nothing {
    const { entity } = this;
    if (!entity) return nothing;
    const isOff = !this.writable || !entity.available;
    const isUnknown = !isKnown(entity) && !["scene", "button"].includes(entity.domain);
    const classes = `tile ${entity.domain} ${isActive(entity) ? "on" : ""} ${isUnknown ? "gone" : ""} ${this.way?.phase ?? ""} ${this.isAlarming(entity) ? "alarm" : ""}`;
    return html`<article class=${classes} @contextmenu=${this.menu}>
      ${this.head(entity)}
      ${this.message()}
      ${this.extras(entity, isOff)}
    </article>`;
  }

  protected override updated(_: PropertyValues): void {
    const glow = this.entity && glowOf(this.entity);
    if (glow) {
      this.style.setProperty("--glow", glow.rgb.join(" "));
      this.style.setProperty("--strength", String(glow.strength));
    }
    this.toggleAttribute("lit", Boolean(glow));
  }

  private head(entity: RoomEntity): TemplateResult {
    const action = tapAction(entity);
    const asks = action !== "" && entity.asks.includes(action);
    const can = this.writable && entity.available && action !== "";
    const state = stateText(entity);
    const label = `${entity.name}${state ? `, ${state}` : ""}${asks ? `, ${t("asks")}` : ""}`;
    const isSwitch = can && entity.actions.includes("turn_off");
    return html`<div class="head">
      <button class="tap" aria-label=${label} aria-pressed=${isSwitch ? isActive(entity) : nothing} @click=${this.tap}
        @pointerdown=${this.down} @pointerup=${this.up} @pointerleave=${this.up} @pointercancel=${this.up}>
        <span class="picture">${icon(iconOf(entity), 26)}</span>
        <span class="words"><span class="name foreign">${entity.name}</span>
          <span class="state foreign">${entity.domain === "sensor" ? html`<b>${state}</b>` : state}</span></span>
        ${entity.domain === "sensor" ? sparkline(samplesOf(entity.entity_id)) : nothing}
      </button>
      ${entity.asks.length && may("user") ? html`<span class="asks" title=${t("asks")}>${icon("shield", 15)}</span>` : nothing}
      <button class="quiet icon dots" aria-label=${t("more", { name: entity.name })} title=${t("more", { name: entity.name })} @click=${this.more}>${icon("more", 18)}</button>
    </div>`;
  }

  private message(): TemplateResult | typeof nothing {
    const { way } = this;
    if (!way) return nothing;
    if (way.phase === "failed") return html`<p class="told small bad foreign" role="alert">${way.text}</p>`;
    return html`<p class="told small ${way.phase}" role="status">${t(way.phase === "waiting" ? "waiting" : "onTheWay")}</p>`;
  }

  private extras(entity: RoomEntity, isOff: boolean): TemplateResult {
    const range = entity.domain === "light" && !isActive(entity) ? null : mainRange(entity);
    return html`
      ${range ? slider(range, this.act, isOff, entity.name) : nothing}
      ${buttons(entity, this.act, isOff)}
      ${isMovable(entity, this.demo) && this.writable ? moveIt(entity) : nothing}`;
  }

  private isAlarming(entity: RoomEntity): boolean {
    return entity.state === "triggered" || entity.state === "jammed";
  }

  private readonly act = (action: string, data: Record<string, unknown> = {}): void => {
    const { entity } = this;
    if (entity) void act(entity, action, data).catch(() => undefined); // the tile says why
  };

  private readonly tap = (): void => {
    if (this.wasLong || !this.entity) return;
    const action = tapAction(this.entity);
    if (action && this.writable && this.entity.available) this.act(action);
    else this.more();
  };

  private readonly more = (): void => {
    const detail = this.entity?.entity_id ?? "";
    this.dispatchEvent(new CustomEvent("more", { detail, bubbles: true, composed: true }));
  };

  private readonly menu = (event: Event): void => {
    event.preventDefault();
    if (!this.wasLong) this.more();
  };

  private readonly down = (): void => {
    this.wasLong = false;
    this.press = setTimeout(() => {
      this.wasLong = true;
      this.more();
    }, LONG_PRESS_MS);
  };

  private readonly up = (): void => clearTimeout(this.press);
}

customElements.define("wz-house-tile", Tile);
