import type { Seat } from "../state/layout";
import type { Bodies } from "./bodies";
import type { Disc } from "./declutter";
import type { Body, Facts } from "./facts";
import { type Label, widthOf } from "./labels";
import type { Lens } from "./lens";
import { shortName } from "./names";

const REACH_PX = 14;
const READABLE_PX = 7;
const DEVICE_READABLE_PX = 13;
const NAME_LENGTH = 20;
const MARKED_LENGTH = 48;
const MARGIN_PX = 30;
// a name may touch the glow of another body, not the body
const SOLID = 0.85;
const RANK = {
  marked: 0,
  trouble: 2,
  active: 4,
  lately: 5,
  area: 6,
  room: 7,
  agent: 8,
  center: 9.5,
  device: 11,
} as const;

/** What people point at, and who said something lately. */
export interface Look {
  selected: string;
  hovered: string;
  lately: ReadonlySet<string>;
}

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

/** Names to show now, with what matters first, and the bodies that they keep clear of. */
export function labelsOf(facts: Facts, bodies: Bodies, lens: Lens, look: Look): { labels: Label[]; discs: Disc[] } {
  const [labels, discs]: [Label[], Disc[]] = [[], []];
  for (const body of facts.bodies) {
    const at = bodies.at(body.key);
    const seen = at && lens.see(at);
    if (!(seen && isNear(seen.x, lens.width) && isNear(seen.y, lens.height))) continue;
    const radius = body.size * seen.scale;
    discs.push({ key: body.key, x: seen.x, y: seen.y, radius: radius * SOLID });
    const isMarked = body.key === look.selected || body.key === look.hovered;
    if (!(isMarked || isNamed(body, radius))) continue;
    const kind = isMarked ? "marked" : body.kind === "device" ? "device" : "agent";
    const text = shortName(body.label, isMarked ? MARKED_LENGTH : NAME_LENGTH);
    const width = widthOf(text, kind);
    // the larger it is seen, the nearer it is
    const far = 1.5 / Math.max(1, radius / READABLE_PX);
    const rank = isMarked ? RANK.marked : rankOf(body, look.lately) + far;
    labels.push({ key: body.key, text, kind, width, x: seen.x, y: seen.y, radius, rank, isForced: isMarked });
  }
  return { labels: [...labels, ...floorLabels(facts, lens)], discs };
}

function isNear(at: number, most: number): boolean {
  return at > -MARGIN_PX && at < most + MARGIN_PX;
}

function isTroubled(body: Body): boolean {
  return body.kind === "agent" && (body.tone === "bad" || body.tone === "warn");
}

function isNamed(body: Body, radius: number): boolean {
  if (body.isDim || body.kind === "person") return false;
  if (body.isActive || isTroubled(body)) return true;
  return radius > (body.kind === "device" ? DEVICE_READABLE_PX : READABLE_PX);
}

function rankOf(body: Body, lately: ReadonlySet<string>): number {
  if (body.kind === "bus") return RANK.center;
  if (body.kind === "device") return RANK.device - (body.isActive ? 1 : 0);
  if (isTroubled(body)) return RANK.trouble;
  if (body.isActive) return RANK.active;
  return lately.has(body.key) ? RANK.lately : RANK.agent;
}

function floorLabels(facts: Facts, lens: Lens): Label[] {
  const labels: Label[] = [];
  const add = (key: string, name: string, kind: "area" | "room", seat: Seat, rank: number): void => {
    const seen = lens.see(seat);
    const text = shortName(name, NAME_LENGTH);
    const at = { radius: 0, rank, isForced: false };
    if (seen) labels.push({ key, text, kind, width: widthOf(text, kind), x: seen.x, y: seen.y, ...at });
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
