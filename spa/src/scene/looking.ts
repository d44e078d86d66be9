import type { Seat } from "../state/layout";
import type { Bodies } from "./bodies";
import type { Body, Facts } from "./facts";
import type { Label } from "./labels";
import type { Lens } from "./lens";
import { shortText } from "./names";

const REACH_PX = 14;
const LABEL_GAP_PX = 3;
const READABLE_PX = 7;
const DEVICE_READABLE_PX = 13;
const RANK = { marked: 0, area: 1, room: 2, center: 3, active: 4, agent: 5, device: 8 } as const;

/** The place under a point of the screen; the nearest to the camera, or empty. */
export function pick(bodies: Iterable<{ body: Body; at: Seat }>, lens: Lens, x: number, y: number): string {
  let best = { key: "", distance: Number.POSITIVE_INFINITY };
  for (const { body, at } of bodies) {
    const seen = lens.see(at);
    if (!seen) continue;
    const reach = Math.max(REACH_PX, body.size * seen.scale * 1.1);
    const distance = Math.hypot(seen.x - x, seen.y - y) / reach;
    if (distance < 1 && distance < best.distance) best = { key: body.key, distance };
  }
  return best.key;
}

/** Names to show now, with what matters first. */
export function labelsOf(
  facts: Facts,
  bodies: Bodies,
  lens: Lens,
  look: { selected: string; hovered: string },
): Label[] {
  const labels: Label[] = [];
  for (const body of facts.bodies) {
    const at = bodies.at(body.key);
    const seen = at && lens.see(at);
    if (!seen) continue;
    const isMarked = body.key === look.selected || body.key === look.hovered;
    const radius = body.size * seen.scale;
    const isPerson = body.kind === "person";
    const isReadable = !isPerson && radius > (body.kind === "device" ? DEVICE_READABLE_PX : READABLE_PX);
    if (
      !isMarked &&
      (body.isDim || (!isReadable && !body.isActive) || (body.kind === "device" && !isReadable && !body.isActive))
    )
      continue;
    const kind = isMarked ? "marked" : body.kind === "device" ? "device" : "agent";
    const near = Math.min(0.9, 1 / Math.max(1, radius));
    labels.push({
      key: body.key,
      text: shortText(body.label, isMarked ? 48 : 26),
      kind,
      x: seen.x,
      y: seen.y + radius + LABEL_GAP_PX,
      rank: isMarked ? RANK.marked : rankOf(body) + near,
    });
  }
  return [...labels, ...floorLabels(facts, lens)];
}

function rankOf(body: Body): number {
  if (body.kind === "device") return RANK.device;
  if (body.kind === "bus" || body.kind === "person") return RANK.center;
  return body.isActive ? RANK.active : RANK.agent;
}

function floorLabels(facts: Facts, lens: Lens): Label[] {
  const labels: Label[] = [];
  const add = (key: string, text: string, kind: "area" | "room", seat: Seat, rank: number): void => {
    const seen = lens.see(seat);
    if (seen) labels.push({ key, text: shortText(text, 28), kind, x: seen.x, y: seen.y, rank });
  };
  for (const area of facts.areas)
    add(`area:${area.group}`, area.label, "area", { x: area.x, y: 0, z: area.z - area.radius - 0.15 }, RANK.area);
  for (const sector of facts.sectors) {
    const angle = (sector.from + sector.to) / 2;
    const distance = facts.ring + 2.55;
    const seat = { x: Math.cos(angle) * distance, y: 0, z: Math.sin(angle) * distance };
    add(`room:${sector.room}`, sector.label, "room", seat, RANK.room);
  }
  return labels;
}
