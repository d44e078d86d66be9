import type { AgentView, HouseView } from "../contracts/rest";
import { shownState } from "../state/agents";
import { agentPlace, BUS, devicePlace, PERSON, subscriptionsOf } from "../state/flows";
import { Layout, ring, type Seat } from "../state/layout";
import type { Body, Facts, Style } from "./facts";
import type { Tone } from "./palette";

/** How agents are put together. */
export type Grouping = "node" | "kind" | "room";
/** A room of the house with what stands in it. */
export type House = Pick<HouseView, "rooms">;

/** What of it all is to be seen brightly. */
export interface Filter {
  text: string;
  state: string;
  kind: string;
  node: string;
}

/** Names that the view puts in its language. */
export interface Names {
  people: string;
  bus: string;
  /** Of a group; empty: the main machine, or no room. */
  group(grouping: Grouping, name: string): string;
  /** What kind of thing a device is, for those that are called the same. */
  kind(domain: string): string;
}

const LOOKS: Record<string, readonly [Tone, Style]> = {
  running: ["good", "solid"],
  idle: ["good", "solid"],
  initializing: ["accent", "solid"],
  paused: ["accent", "paused"],
  stopped: ["muted", "hollow"],
  failed: ["bad", "cross"],
  quarantined: ["bad", "cross"],
  degraded: ["warn", "solid"],
  late: ["warn", "dashed"],
  unreachable: ["bad", "dashed"],
};
const AGENT_SIZE = 0.46;
const WEIGHTY_SIZE = 0.6;
const DEVICE_SIZE = 0.34;
const RING_DEPTH = 2.2;
const NEAR_RING = 12;
const MOST_GHOSTS = 40;
const GHOST_SECONDS = 1_800;
const MOST_AGENTS = 600;
const SEARCHED_LENGTH = 300;
const MOST_DEVICES = 240;
const ON = new Set([
  "on",
  "open",
  "opening",
  "unlocked",
  "playing",
  "cleaning",
  "heat",
  "cool",
  "heat_cool",
  "detected",
  "home",
]);
const SHOWN_DOMAINS = new Set([
  ...["light", "switch", "lock", "cover", "fan", "climate", "media_player", "vacuum", "alarm_control_panel", "siren"],
  ...["binary_sensor", "sensor", "camera", "humidifier", "valve", "water_heater", "input_boolean"],
]);
const BUS_SEAT: Seat = { x: 0, y: 0.35, z: -0.55 };
const PERSON_SEAT: Seat = { x: 0, y: 0.95, z: 0.6 };

/** Makes what is drawn from what is known; keeps seats, and marks of those who are gone. */
export class Gathering {
  private layout = new Layout();
  private grouping: Grouping = "node";
  private readonly ghosts = new Map<string, { agent: AgentView; since: number }>();
  private before: readonly AgentView[] = [];

  /** Everything at a moment (epoch seconds). */
  facts(
    all: readonly AgentView[],
    house: House | null,
    grouping: Grouping,
    filter: Filter,
    names: Names,
    now: number,
  ): Facts {
    const agents = all.slice(0, MOST_AGENTS);
    if (grouping !== this.grouping) {
      this.layout = new Layout();
      this.grouping = grouping;
    }
    this.markGone(agents, now);
    const seated = [...agents, ...[...this.ghosts.values()].map((ghost) => ghost.agent)];
    this.layout.place(seated.map((agent) => ({ key: agentPlace(agent.name), group: groupOf(agent, grouping, house) })));
    const rooms = roomsOf(house);
    const { radius, sectors } = ring(rooms, this.layout.extent());
    const called = deviceNames(rooms, names);
    const most = agents.reduce((highest, agent) => Math.max(highest, agent.costUsd ?? 0), 0);
    const bodies = [
      ...center(names),
      ...agents.map((agent) => this.agent(agent, most, filter, now)),
      ...[...this.ghosts].map(([key, ghost]) => this.ghost(key, ghost.agent.name)),
      ...sectors.flatMap((sector) => devices(sector.seats, rooms, filter, radius, called)),
    ];
    const labels = new Map(rooms.map((room) => [room.id, room.name]));
    return {
      bodies,
      areas: this.layout.areas().map((area) => ({ ...area, label: names.group(grouping, area.group) })),
      sectors: sectors.map((sector) => ({ ...sector, label: labels.get(sector.room) || names.group("room", "") })),
      ring: radius,
      radius: sectors.length ? radius + RING_DEPTH : this.layout.extent() + 1,
    };
  }

  private markGone(agents: readonly AgentView[], now: number): void {
    const here = new Set(agents.map((agent) => agent.name));
    for (const agent of this.before)
      if (!here.has(agent.name)) this.ghosts.set(agentPlace(agent.name), { agent, since: now });
    for (const [key, { agent, since }] of this.ghosts)
      if (here.has(agent.name) || now - since > GHOST_SECONDS) this.ghosts.delete(key);
    while (this.ghosts.size > MOST_GHOSTS) this.ghosts.delete(this.ghosts.keys().next().value ?? "");
    this.before = agents;
  }

  private agent(agent: AgentView, mostCost: number, filter: Filter, now: number): Body {
    const key = agentPlace(agent.name);
    const state = shownState(agent, now);
    const [tone, style] = LOOKS[state] ?? ["muted", "solid"];
    return {
      key,
      kind: "agent",
      label: agent.name,
      seat: this.layout.seat(key) ?? BUS_SEAT,
      size: agent.protected || agent.essential ? WEIGHTY_SIZE : AGENT_SIZE,
      tone,
      style,
      cost: mostCost > 0 ? (agent.costUsd ?? 0) / mostCost : 0,
      isActive: isWorking(agent),
      isDim: !fits(agent, filter, state),
    };
  }

  private ghost(key: string, label: string): Body {
    const seat = this.layout.seat(key) ?? BUS_SEAT;
    const look = { size: AGENT_SIZE, tone: "muted", style: "dashed", cost: 0 } as const;
    return { key, kind: "ghost", label, seat, ...look, isActive: false, isDim: false };
  }
}

/** Whether an agent works on something now. */
export function isWorking(agent: AgentView): boolean {
  return agent.state === "running" && !!agent.task && !/^(idle|waiting|ready|listening)\b/i.test(agent.task);
}

/** Whether a filter lets an agent through. */
export function fits(agent: AgentView, filter: Filter, state: string): boolean {
  const text = filter.text.trim().toLowerCase();
  if (filter.state && filter.state !== state) return false;
  if (filter.kind && filter.kind !== agent.agentType) return false;
  if (filter.node && filter.node !== (agent.node || "main")) return false;
  return !text || searched(agent.name).includes(text) || searched(agent.description).includes(text);
}

/** Whether a device is on, open, or sees something. */
export function isOn(state: string | null): boolean {
  return ON.has(state ?? "");
}

/** The group of an agent; empty: the main machine, or no room. */
export function groupOf(agent: AgentView, grouping: Grouping, house: House | null): string {
  if (grouping === "node") return agent.node;
  if (grouping === "kind") return agent.agentType;
  const words = searched(agent.name);
  const topics = subscriptionsOf(agent.name);
  const room = house?.rooms.find((one) => {
    const name = searched(one.name).replaceAll(" ", "-");
    if (one.id && (words.includes(one.id.toLowerCase().replaceAll("_", "-")) || words.includes(name))) return true;
    return (
      one.id !== "" && one.entities.some((entity) => topics.some((topic) => topic.endsWith(`/${entity.entity_id}`)))
    );
  });
  return room?.id ?? "";
}

function searched(text: string): string {
  return text.slice(0, SEARCHED_LENGTH).toLowerCase();
}

type ShownEntity = House["rooms"][number]["entities"][number];

interface ShownRoom {
  id: string;
  name: string;
  devices: string[];
  entities: Map<string, ShownEntity>;
}

function roomsOf(house: House | null): ShownRoom[] {
  let left = MOST_DEVICES;
  return (house?.rooms ?? []).flatMap((room) => {
    const shown = room.entities.filter((entity) => SHOWN_DOMAINS.has(entity.domain)).slice(0, left);
    left -= shown.length;
    const entities = new Map(shown.map((entity) => [devicePlace(entity.entity_id), entity]));
    return shown.length ? [{ id: room.id, name: room.name, devices: [...entities.keys()], entities }] : [];
  });
}

/** What each device is called; those of one name with what they are, such as "Front door · lock". */
function deviceNames(rooms: readonly ShownRoom[], names: Names): ReadonlyMap<string, string> {
  const all = rooms.flatMap((room) => [...room.entities]);
  const often = new Map<string, number>();
  for (const [, { name }] of all) often.set(name, (often.get(name) ?? 0) + 1);
  const nameOf = ({ name, domain }: ShownEntity): string =>
    (often.get(name) ?? 0) > 1 ? `${name} · ${names.kind(domain)}` : name;
  return new Map(all.map(([key, entity]) => [key, nameOf(entity)]));
}

function devices(
  seats: ReadonlyMap<string, Seat>,
  rooms: readonly ShownRoom[],
  filter: Filter,
  ringRadius: number,
  labels: ReadonlyMap<string, string>,
): Body[] {
  // a large ring is seen from farther away
  const size = DEVICE_SIZE * Math.min(1.45, Math.max(1, ringRadius / NEAR_RING));
  const text = filter.text.trim().toLowerCase();
  const isAgentsOnly = !!(filter.state || filter.kind || filter.node);
  return [...seats].flatMap(([key, seat]) => {
    const entity = rooms.find((room) => room.entities.has(key))?.entities.get(key);
    if (!entity) return [];
    const isActive = isOn(entity.state);
    const tone = !isActive ? "muted" : entity.domain === "light" ? "lit" : "accent";
    const style = entity.available ? "solid" : "dashed";
    const isDim = isAgentsOnly || (!!text && !searched(entity.name).includes(text));
    return [
      { key, kind: "device", label: labels.get(key) ?? entity.name, seat, size, tone, style, cost: 0, isActive, isDim },
    ];
  });
}

function center(names: Names): Body[] {
  const base = { style: "solid", cost: 0, isActive: false, isDim: false } as const;
  return [
    { ...base, key: BUS, kind: "bus", label: names.bus, seat: BUS_SEAT, size: 0.56, tone: "accent" },
    { ...base, key: PERSON, kind: "person", label: names.people, seat: PERSON_SEAT, size: 0.44, tone: "text" },
  ];
}
