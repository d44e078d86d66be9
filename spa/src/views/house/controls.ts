import { html, nothing, type TemplateResult } from "lit";
import type { RoomEntity } from "../../contracts/rest";
import { number } from "../../i18n/texts";
import { type IconName, icon } from "../../ui/icons";
import { isActive } from "./kinds";
import { t } from "./texts";
import { degrees } from "./words";

/** Does an action with an entity. */
export type Act = (action: string, data?: Record<string, unknown>) => void;

type Label = Parameters<typeof t>[0];

const FULL = 255;

/** What a slider moves: what it shows now, its ends, and the action it does. */
export interface Range {
  label: Label;
  action: string;
  key: string;
  value: number;
  min: number;
  max: number;
  step: number;
  /** What is sent for the value of the slider. */
  sent: (value: number) => unknown;
  shown: (value: number) => string;
  kind: "plain" | "warmth";
}

/** The slider that matters most for a thing in the state it is in; null when it has none. */
export function mainRange(entity: RoomEntity): Range | null {
  const { attributes, actions, domain } = entity;
  const percent = { min: 0, max: 100, step: 1, sent: (value: number) => value, shown: share, kind: "plain" } as const;
  if (domain === "light" && actions.includes("set_brightness")) {
    const value = Math.round((numeric(attributes["brightness"], FULL) / FULL) * 100);
    return { ...percent, label: "brightness", action: "set_brightness", key: "brightness_pct", value, min: 1 };
  }
  if (domain === "cover" && actions.includes("set_position")) {
    const value = numeric(attributes["current_position"], entity.state === "closed" ? 0 : 100);
    return { ...percent, label: "position", action: "set_position", key: "position", value };
  }
  if (domain === "fan" && actions.includes("set_percentage")) {
    return {
      ...percent,
      label: "speed",
      action: "set_percentage",
      key: "percentage",
      value: numeric(attributes["percentage"]),
    };
  }
  if (domain === "media_player" && actions.includes("set_volume")) {
    const value = Math.round(numeric(attributes["volume_level"]) * 100);
    return { ...percent, label: "volume", action: "set_volume", key: "volume_level", value, sent: (at) => at / 100 };
  }
  return null;
}

/** The slider for the color of white light; null when the lamp has one color only. */
export function warmthRange(entity: RoomEntity): Range | null {
  if (!entity.actions.includes("set_color_temperature")) return null;
  const { attributes } = entity;
  const [min, max] = [
    numeric(attributes["min_color_temp_kelvin"], 2_000),
    numeric(attributes["max_color_temp_kelvin"], 6_500),
  ];
  const value = numeric(attributes["color_temp_kelvin"], 2_700);
  const range = { min, max, step: 50, value, sent: (at: number) => at, shown: (at: number) => `${number(at)}\u202fK` };
  return { ...range, label: "warmth", action: "set_color_temperature", key: "color_temp_kelvin", kind: "warmth" };
}

/** A slider; it acts when it is let go. */
export function slider(range: Range, act: Act, disabled: boolean, name: string): TemplateResult {
  const label = `${t(range.label)}: ${name}`;
  return html`<label class="slide ${range.kind}" @click=${stay}><span class="small muted">${t(range.label)}</span>
    <input type="range" aria-label=${label} aria-valuetext=${range.shown(range.value)} min=${range.min} max=${range.max} step=${range.step}
      .value=${String(range.value)} ?disabled=${disabled} @change=${(event: Event) => {
        act(range.action, { [range.key]: range.sent(Number((event.target as HTMLInputElement).value)) });
      }} @input=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const output = input.nextElementSibling;
        if (output) output.textContent = range.shown(Number(input.value));
      }}><output class="small">${range.shown(range.value)}</output></label>`;
}

/** Buttons of a thing beside its tap, the way its kind has them. */
export function buttons(entity: RoomEntity, act: Act, disabled: boolean): TemplateResult | typeof nothing {
  if (entity.domain === "climate" || entity.domain === "water_heater") return target(entity, act, disabled);
  const wanted = WANTED[entity.domain];
  if (!wanted) return nothing;
  const offered = wanted.filter(([action]) => entity.actions.includes(action) && !isPointless(entity, action));
  if (!offered.length) return nothing;
  return html`<div class="row knobs">${offered.map(([action, label, name]) => {
    const title = entity.asks.includes(action) ? `${t(label)} · ${t("asks")}` : t(label);
    return html`<button title=${title} aria-label="${t(label)}: ${entity.name}" ?disabled=${disabled} @click=${(
      event: Event,
    ) => {
      stay(event);
      act(action);
    }}>${icon(name, 17)}${entity.domain === "alarm_control_panel" ? html`<span>${t(label)}</span>` : nothing}</button>`;
  })}</div>`;
}

/** Modes of a thermostat to choose from. */
export function modes(entity: RoomEntity, act: Act, disabled: boolean): TemplateResult | typeof nothing {
  const offered = entity.attributes["hvac_modes"];
  if (!Array.isArray(offered) || !entity.actions.includes("set_mode")) return nothing;
  return html`<label>${t("mode")}<select ?disabled=${disabled} @change=${(event: Event) =>
    act("set_mode", { hvac_mode: (event.target as HTMLSelectElement).value })}>${offered.map(
    (one) =>
      html`<option value=${String(one)} ?selected=${one === entity.state}>${String(one).replaceAll("_", " ")}</option>`,
  )}</select></label>`;
}

const WANTED: Record<string, readonly (readonly [string, Label, IconName])[]> = {
  cover: [
    ["open", "doOpen", "up"],
    ["stop", "doStop", "pause"],
    ["close", "doClose", "down"],
  ],
  media_player: [
    ["previous", "previousTrack", "previous"],
    ["play", "play", "play"],
    ["pause", "pause", "pause"],
    ["next", "nextTrack", "skip"],
    ["mute", "mute", "mute"],
    ["unmute", "unmute", "speaker"],
  ],
  alarm_control_panel: [
    ["disarm", "disarm", "unlock"],
    ["arm_home", "armHome", "house"],
    ["arm_away", "armAway", "shield"],
    ["arm_night", "armNight", "lock"],
  ],
};

function isPointless(entity: RoomEntity, action: string): boolean {
  const isMuted = entity.attributes["is_volume_muted"] === true;
  const position = entity.attributes["current_position"];
  if (action === "play") return entity.state === "playing";
  if (action === "pause") return entity.state !== "playing";
  if (action === "mute" || action === "unmute") return isMuted === (action === "mute");
  if (action === "open")
    return entity.state === "open" && (position === undefined || position === null || position === 100);
  if (action === "close") return entity.state === "closed";
  if (action === "disarm") return entity.state === "disarmed";
  return action === `arm_${String(entity.state).replace("armed_", "")}`;
}

function target(entity: RoomEntity, act: Act, disabled: boolean): TemplateResult | typeof nothing {
  const value = entity.attributes["temperature"];
  if (typeof value !== "number" || !entity.actions.includes("set_temperature")) return nothing;
  const [min, max] = [numeric(entity.attributes["min_temp"], 5), numeric(entity.attributes["max_temp"], 35)];
  const to = (by: number) => (event: Event) => {
    stay(event);
    act("set_temperature", { temperature: Math.min(max, Math.max(min, Math.round((value + by) * 2) / 2)) });
  };
  return html`<div class="row target" aria-label="${t("target")}: ${entity.name}" role="group">
    <button aria-label="${t("colder")}: ${entity.name}" ?disabled=${disabled || value <= min} @click=${to(-0.5)}>−</button>
    <span class="grow ${isActive(entity) ? "" : "muted"}"><span class="small muted">${t("target")}</span> <b>${degrees(value)}</b></span>
    <button aria-label="${t("warmer")}: ${entity.name}" ?disabled=${disabled || value >= max} @click=${to(0.5)}>+</button></div>`;
}

function share(value: number): string {
  return `${number(value)}\u202f%`;
}

function numeric(value: unknown, otherwise = 0): number {
  return typeof value === "number" ? value : otherwise;
}

function stay(event: Event): void {
  event.stopPropagation();
}
