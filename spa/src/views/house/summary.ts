import type { RoomEntity } from "../../contracts/rest";
import { t } from "./texts";

const OPENINGS = new Set(["door", "window", "opening", "garage_door"]);
const MOST_NAMES = 3;

/** What is worth knowing at a glance: lights that are on, what is open, what is unlocked. */
export function summaryOf(all: readonly RoomEntity[]): string {
  const lit = all.filter((one) => one.domain === "light" && one.state === "on").length;
  const open = all.filter(isOpen);
  const unlocked = all.filter((one) => one.domain === "lock" && one.state === "unlocked");
  return [
    lit === 1 ? t("lightOn") : lit ? t("lightsOn", { count: lit }) : "",
    open.length ? t("opened", { names: names(open) }) : "",
    unlocked.length ? t("unlockedNames", { names: names(unlocked) }) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function isOpen(entity: RoomEntity): boolean {
  const isSensor = entity.domain === "binary_sensor" && OPENINGS.has(entity.device_class ?? "");
  return (isSensor && entity.state === "on") || (entity.device_class === "garage" && entity.state === "open");
}

function names(all: readonly RoomEntity[]): string {
  const shown = all.slice(0, MOST_NAMES).map((one) => one.name);
  return shown.join(", ") + (all.length > MOST_NAMES ? ", …" : "");
}
