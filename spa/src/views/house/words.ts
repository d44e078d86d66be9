import type { RoomEntity } from "../../contracts/rest";
import { number } from "../../i18n/texts";
import { t } from "./texts";

const OPENINGS = new Set(["door", "window", "opening", "garage_door", "garage"]);
const MOVING = new Set(["motion", "occupancy", "presence", "moving", "vibration", "sound"]);
const WARNING = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "problem", "safety", "tamper", "heat", "cold"]);
const PLAIN = {
  on: "on",
  off: "off",
  open: "open",
  closed: "closed",
  opening: "opening",
  closing: "closing",
  locked: "locked",
  unlocked: "unlocked",
  locking: "locking",
  unlocking: "unlocking",
  jammed: "jammed",
  playing: "playing",
  paused: "paused",
  idle: "idle",
  standby: "standby",
  home: "home",
  not_home: "notHome",
  heat: "heat",
  cool: "cool",
  heat_cool: "heatCool",
  auto: "auto",
  dry: "dry",
  fan_only: "fanOnly",
  disarmed: "disarmed",
  armed_home: "armedHome",
  armed_away: "armedAway",
  armed_night: "armedNight",
  triggered: "triggered",
  arming: "arming",
  pending: "pendingAlarm",
  above_horizon: "day",
  below_horizon: "night",
  cleaning: "cleaning",
  docked: "docked",
  returning: "returning",
  unknown: "unknownState",
  unavailable: "unavailable",
} as const;
const MOST_DIGITS = 2;

/** The word for a state, whatever has it. */
export function stateWord(state: string): string {
  const word = PLAIN[state as keyof typeof PLAIN];
  return word ? t(word) : state.replaceAll("_", " ");
}

/** The state of a thing as people say it. */
export function stateText(entity: RoomEntity): string {
  const { state } = entity;
  if (!entity.available) return t("unavailable");
  if (state === null || state === "unknown") return entity.domain === "scene" ? "" : t("unknownState");
  if (entity.domain === "binary_sensor") return sensed(entity.device_class ?? "", state);
  if (entity.domain === "sensor") return measured(entity);
  if (entity.domain === "script" && state === "off") return "";
  const more = besides(entity);
  const known = stateWord(state);
  return more ? `${known} · ${more}` : known;
}

function sensed(deviceClass: string, state: string): string {
  const isOn = state === "on";
  if (OPENINGS.has(deviceClass)) return t(isOn ? "open" : "closed");
  if (MOVING.has(deviceClass)) return t(isOn ? "motion" : "still");
  if (deviceClass === "lock") return t(isOn ? "unlocked" : "locked");
  if (WARNING.has(deviceClass)) return t(isOn ? "detected" : "fine");
  return t(isOn ? "on" : "off");
}

function measured(entity: RoomEntity): string {
  const value = Number(entity.state);
  if (entity.state === "" || Number.isNaN(value)) return (entity.state ?? "").replaceAll("_", " ");
  const digits = Math.min(MOST_DIGITS, entity.state?.split(".")[1]?.length ?? 0);
  const text = number(value, digits);
  return entity.unit ? `${text}\u202f${entity.unit}` : text;
}

function besides(entity: RoomEntity): string {
  const { attributes, state } = entity;
  const share = (value: unknown, whole: number): string =>
    typeof value === "number" ? `${number((value / whole) * 100)}\u202f%` : "";
  if (entity.domain === "light") return state === "on" ? share(attributes["brightness"], 255) : "";
  if (entity.domain === "fan") return state === "on" ? share(attributes["percentage"], 100) : "";
  if (entity.domain === "cover") {
    const position = attributes["current_position"];
    return typeof position === "number" && position > 0 && position < 100 ? share(position, 100) : "";
  }
  if (entity.domain === "media_player") return title(attributes);
  if (entity.domain === "climate") return degrees(attributes["current_temperature"]);
  if (entity.domain === "weather") return degrees(attributes["temperature"]);
  return "";
}

function title(attributes: Record<string, unknown>): string {
  const found = attributes["media_title"] ?? attributes["source"];
  return typeof found === "string" ? found : "";
}

/** A temperature with its sign; empty when there is none. */
export function degrees(value: unknown): string {
  return typeof value === "number" ? `${number(value, 1)}\u202f°` : "";
}
