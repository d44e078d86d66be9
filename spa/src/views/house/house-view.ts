import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { HouseView as House, RoomEntity } from "../../contracts/rest";
import { entities, hoped, house, houseProblem, loadHouse, underway } from "../../state/house";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./entity-dialog";
import { favorites } from "./favorites";
import { houseStyles } from "./house-styles";
import { fits, KINDS, type Kind, kindOf } from "./kinds";
import { summaryOf } from "./summary";
import { t } from "./texts";
import "./tile";

const LOOK_AGAIN_MS = 60_000;
const AT_FIRST = 60;
const AT_ONCE = 40;
const NEXT_MS = 30;

interface ShownRoom {
  id: string;
  name: string;
  floor: string;
  entities: readonly RoomEntity[];
}

/** Rooms by floor with their devices; live, and a tap acts. */
export class HouseView extends Element {
  static override styles = [shared, houseStyles()];
  static override properties = {
    room: { attribute: false },
    words: { state: true },
    kind: { state: true },
    asked: { state: true },
    most: { state: true },
  };

  room = "";
  private words = "";
  private kind: Kind | "all" | "favorites" = "all";
  private asked = "";
  /** Things that are drawn; a large house is drawn room by room, so that the page answers meanwhile. */
  private most = AT_FIRST;
  private drawing: ReturnType<typeof setTimeout> | undefined;

  protected override follows(): readonly Observable[] {
    return [house, houseProblem, entities, underway, favorites, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void loadHouse();
    this.every(LOOK_AGAIN_MS, () => void loadHouse());
  }

  protected override render(): TemplateResult {
    const now = house.value;
    if (!now) return this.unknown();
    const all = this.rooms(now);
    const rooms = this.firstOf(all);
    if (rooms.length < all.length) this.drawMore();
    const asked = this.asked ? entities.get(this.asked) : undefined;
    return html`
      ${this.head(now)}
      ${now.stale || houseProblem.value ? html`<p class="stale" role="status">${icon("alerts", 18)} ${now.stale ? t("stale") : houseProblem.value}</p>` : nothing}
      ${this.filters(now)}
      ${this.favorites(now)}
      ${rooms.length ? this.floors(rooms, now) : html`<p class="empty">${t("nothing")}</p>`}
      ${asked ? html`<wz-entity-dialog .entity=${hoped(asked)} .demo=${now.source === "demo"} @close=${this.close}></wz-entity-dialog>` : nothing}`;
  }

  private unknown(): TemplateResult {
    const problem = houseProblem.value;
    if (problem) return html`<p class="empty" role="status">${t("away", { problem })}</p>`;
    return html`<p class="hidden" role="status">${t("loading")}</p>
      <div class="tiles" aria-hidden="true">${Array.from({ length: 8 }, () => html`<div class="ghost"></div>`)}</div>`;
  }

  private head(now: House): TemplateResult {
    return html`<div class="row top">
      <h2 class="foreign">${now.name}</h2>${now.source === "demo" ? html`<span class="badge accent">${t("demo")}</span>` : nothing}
      <span class="grow muted small foreign summary">${summaryOf(entities.all())}</span>
      <label class="find">${icon("search", 17)}<input type="search" aria-label=${t("search")} placeholder=${t("search")} .value=${this.words}
        @input=${(event: Event) => {
          this.words = (event.target as HTMLInputElement).value;
        }}></label></div>`;
  }

  private filters(now: House): TemplateResult {
    const all = now.rooms.flatMap((room) => room.entities);
    const there = KINDS.filter((kind) => all.some((one) => kindOf(one) === kind));
    const chip = (kind: typeof this.kind): TemplateResult =>
      html`<button class="chip" aria-pressed=${this.kind === kind} @click=${() => {
        this.kind = kind;
      }}>${t(kind)}</button>`;
    return html`<div class="row chips" role="group" aria-label=${t("controls")}>${chip("all")}${favorites.value.size ? chip("favorites") : nothing}${there.map(chip)}
      ${this.room ? html`<a class="chip" href="#/house">${icon("close", 14)} ${this.roomName(now)}</a>` : nothing}</div>`;
  }

  private favorites(now: House): TemplateResult | typeof nothing {
    if (this.kind !== "all" || this.words || this.room) return nothing;
    const chosen = entities.all().filter((one) => favorites.value.has(one.entity_id));
    if (!chosen.length) return nothing;
    return html`<section aria-label=${t("favorites")}><h3 class="row">${icon("star", 17)} ${t("favorites")}</h3>${this.tiles(chosen, now)}</section>`;
  }

  private floors(rooms: readonly ShownRoom[], now: House): TemplateResult[] {
    const floors = [...new Set(rooms.map((room) => room.floor))];
    return floors.map((floor) => {
      const inside = rooms.filter((room) => room.floor === floor);
      const isPlace = inside.some((room) => room.id);
      const heading =
        floors.length > 1 && isPlace ? html`<h2 class="floor foreign">${floor || t("noFloor")}</h2>` : nothing;
      return html`${heading}${repeat(
        inside,
        (room) => room.id,
        (room) => this.roomTemplate(room, now),
      )}`;
    });
  }

  private roomTemplate(room: ShownRoom, now: House): TemplateResult {
    const name = room.name || t("noRoom");
    return html`<section aria-label=${name}><h3 class="foreign ${room.id ? "" : "floor"}">${room.id ? html`<a class="reach" href="#/house/${encodeURIComponent(room.id)}">${name}</a>` : name}</h3>
      ${this.tiles(room.entities, now)}</section>`;
  }

  private tiles(all: readonly RoomEntity[], now: House): TemplateResult {
    const isDemo = now.source === "demo";
    return html`<div class="tiles" @more=${this.open}>${repeat(
      all,
      (one) => one.entity_id,
      (one) =>
        html`<wz-house-tile .entity=${hoped(one)} .way=${underway.get(one.entity_id)} .demo=${isDemo} .writable=${may("user")}></wz-house-tile>`,
    )}</div>`;
  }

  private rooms(now: House): readonly ShownRoom[] {
    return now.rooms
      .filter((room) => !this.room || room.id === this.room)
      .map((room) => ({
        ...room,
        entities: room.entities
          .map((one) => entities.get(one.entity_id) ?? one)
          .filter((one) => this.isWanted(one, room.name)),
      }))
      .filter((room) => room.entities.length);
  }

  private firstOf(rooms: readonly ShownRoom[]): readonly ShownRoom[] {
    let count = 0;
    return rooms.filter((room) => {
      const isFirst = count < this.most;
      count += room.entities.length;
      return isFirst;
    });
  }

  private drawMore(): void {
    this.drawing ??= setTimeout(() => {
      this.drawing = undefined;
      this.most += AT_ONCE;
    }, NEXT_MS);
  }

  private isWanted(entity: RoomEntity, room: string): boolean {
    if (this.words.trim() && !fits(entity, room, this.words.trim())) return false;
    if (this.kind === "favorites") return favorites.value.has(entity.entity_id);
    return this.kind === "all" || kindOf(entity) === this.kind;
  }

  private roomName(now: House): string {
    return now.rooms.find((room) => room.id === this.room)?.name ?? this.room;
  }

  private readonly open = (event: Event): void => {
    this.asked = (event as CustomEvent<string>).detail;
  };

  private readonly close = (): void => {
    this.asked = "";
  };
}

customElements.define("wz-house-view", HouseView);
