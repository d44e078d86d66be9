import type { RoomEntity } from "../contracts/rest";

const STATES: Record<string, string> = {
  turn_on: "on",
  turn_off: "off",
  open: "opening",
  close: "closing",
  lock: "locking",
  unlock: "unlocking",
  play: "playing",
  pause: "paused",
  start: "cleaning",
  dock: "returning",
};
const FULL = 255;

/** The entity as it should be after an action; shown until the truth is known. */
export function expected(entity: RoomEntity, action: string, data: Record<string, unknown>): RoomEntity {
  const attributes = { ...entity.attributes, ...changed(entity, action, data) };
  return { ...entity, attributes, state: stateAfter(entity, action, data) };
}

function stateAfter(entity: RoomEntity, action: string, data: Record<string, unknown>): string | null {
  if (action === "turn_on" && entity.domain === "climate") return firstMode(entity);
  if (action === "turn_on" && ["scene", "script"].includes(entity.domain)) return entity.state;
  if (action === "set_mode") return text(data["hvac_mode"]) ?? entity.state;
  if (entity.domain === "light" && action.startsWith("set_")) return data["brightness_pct"] === 0 ? "off" : "on";
  if (action === "set_percentage") return data["percentage"] === 0 ? "off" : "on";
  return STATES[action] ?? entity.state;
}

function changed(entity: RoomEntity, action: string, data: Record<string, unknown>): Record<string, unknown> {
  const share = data["brightness_pct"];
  if (typeof share === "number") return { brightness: Math.round((share / 100) * FULL) };
  if (action === "set_position" && data["position"] !== undefined) return { current_position: data["position"] };
  if (action === "mute" || action === "unmute") return { is_volume_muted: action === "mute" };
  if (entity.domain === "light" && action === "turn_on" && !entity.attributes["brightness"]) return {};
  return data;
}

function firstMode(entity: RoomEntity): string | null {
  const modes = entity.attributes["hvac_modes"];
  const found = Array.isArray(modes) ? modes.find((one) => one !== "off") : undefined;
  return text(found) ?? entity.state;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
