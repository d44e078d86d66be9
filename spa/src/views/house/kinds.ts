import type { RoomEntity } from "../../contracts/rest";
import type { IconName } from "../../ui/icons";

/** What things of a house are sorted by. */
export const KINDS = ["light", "climate", "cover", "security", "media", "sensor", "switch"] as const;

/** A kind of thing. */
export type Kind = (typeof KINDS)[number];

const BY_DOMAIN: Record<string, Kind> = {
  light: "light",
  climate: "climate",
  fan: "climate",
  humidifier: "climate",
  water_heater: "climate",
  cover: "cover",
  valve: "cover",
  lock: "security",
  alarm_control_panel: "security",
  siren: "security",
  camera: "security",
  media_player: "media",
  remote: "media",
  sensor: "sensor",
  binary_sensor: "sensor",
  weather: "sensor",
  sun: "sensor",
  person: "sensor",
  device_tracker: "sensor",
};
const ICONS: Record<string, IconName> = {
  light: "light",
  climate: "thermometer",
  fan: "fan",
  humidifier: "drop",
  water_heater: "thermometer",
  cover: "blinds",
  valve: "drop",
  lock: "lock",
  alarm_control_panel: "shield",
  siren: "bell",
  camera: "camera",
  media_player: "speaker",
  switch: "plug",
  input_boolean: "plug",
  scene: "star",
  script: "play",
  button: "bolt",
  automation: "rules",
  person: "agents",
  sun: "sun",
  weather: "sun",
  vacuum: "restart",
};
const BY_CLASS: Record<string, IconName> = {
  temperature: "thermometer",
  humidity: "drop",
  moisture: "drop",
  motion: "motion",
  occupancy: "motion",
  presence: "motion",
  door: "door",
  window: "window",
  opening: "door",
  garage: "door",
  garage_door: "door",
  lock: "lock",
  power: "bolt",
  energy: "bolt",
  voltage: "bolt",
  current: "bolt",
  battery: "bolt",
  illuminance: "sun",
  smoke: "bell",
  gas: "bell",
  carbon_monoxide: "bell",
  tv: "tv",
};
const ACTIVE = new Set(
  "on open opening closing playing unlocked unlocking heat cool heat_cool auto dry fan_only cleaning returning triggered pending arming jammed".split(
    " ",
  ),
);
const WAYS: Record<string, readonly [string, string]> = {
  cover: ["open", "close"],
  valve: ["open", "close"],
  lock: ["unlock", "lock"],
  media_player: ["play", "pause"],
  vacuum: ["start", "dock"],
};
const SENSING = new Set(["sensor", "binary_sensor"]);

/** What kind of thing it is. */
export function kindOf(entity: RoomEntity): Kind {
  return BY_DOMAIN[entity.domain] ?? "switch";
}

/** The picture of a thing. */
export function iconOf(entity: RoomEntity): IconName {
  if (entity.domain === "lock" && entity.state === "unlocked") return "unlock";
  return BY_CLASS[entity.device_class ?? ""] ?? ICONS[entity.domain] ?? "gauge";
}

/** Whether it is on, open, playing, unlocked. */
export function isActive(entity: RoomEntity): boolean {
  return entity.state !== null && ACTIVE.has(entity.state);
}

/** Whether its state is known. */
export function isKnown(entity: RoomEntity): boolean {
  return entity.available && entity.state !== null && entity.state !== "unknown";
}

/** What a tap does; empty when it does nothing. */
export function tapAction(entity: RoomEntity): string {
  const [go, stop] = WAYS[entity.domain] ?? ["turn_on", "turn_off"];
  const wanted = isActive(entity) ? stop : go;
  if (entity.actions.includes(wanted)) return wanted;
  if (entity.actions.includes("press")) return "press";
  return entity.actions.includes("turn_on") && !entity.actions.includes("turn_off") ? "turn_on" : "";
}

/** Whether a newcomer can move it by hand: a sensor of the demo home. */
export function isMovable(entity: RoomEntity, isDemo: boolean): boolean {
  return isDemo && SENSING.has(entity.domain);
}

/** Whether a thing fits what was typed into the search. */
export function fits(entity: RoomEntity, room: string, words: string): boolean {
  const text = `${entity.name} ${entity.entity_id} ${room} ${entity.state ?? ""}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
