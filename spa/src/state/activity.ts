import { agents } from "./agents";
import { listen } from "./bus";
import { agentPlace, BUS, onSignal, PERSON, type Signal } from "./flows";
import type { Listener, Observable } from "./store";

/** What kind of thing happened; the view has a sentence for each. */
export type HappeningKind =
  | "task"
  | "chat"
  | "reply"
  | "actuation"
  | "turned"
  | "trigger"
  | "spawned"
  | "state"
  | "alert"
  | "approval"
  | "notice";

/** One thing that happened, as data for a sentence. */
export interface Happening {
  id: number;
  kind: HappeningKind;
  /** Place or name that did it. */
  who: string;
  /** Place or name that it was done to; of a device that turned: its device class or domain. */
  whom: string;
  /** State, text or task. */
  what: string;
  count: number;
  /** Epoch milliseconds of the last time. */
  at: number;
}

const GATEWAY = agentPlace("gateway");
const ENTRANCE = agentPlace("io-agent");
const KEPT = 40;
const MAX_TEXT = 160;
const TOLD_EVERY_MS = 500;
const SAME_WITHIN_MS = 8_000;
const TOLD_FLOWS = new Set<string>(["task", "chat", "reply", "actuation", "trigger"]);
const TELLING_DOMAINS = new Set(["light", "switch", "lock", "cover", "fan", "climate", "alarm_control_panel", "siren"]);
const TELLING_SENSORS = new Set(["motion", "door", "window", "occupancy", "smoke", "gas", "moisture", "garage_door"]);

/** What happened lately, newest first; a thing that repeats is counted instead of listed again. */
export class Activity implements Observable {
  private readonly listeners = new Set<Listener>();
  private kept: Happening[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  /** Newest first; the same array until something is added. */
  all(): readonly Happening[] {
    return this.kept;
  }

  /** Note a happening. */
  add(kind: HappeningKind, who: string, whom = "", what = "", count = 1): void {
    const at = Date.now();
    const text = what.slice(0, MAX_TEXT);
    const same = this.kept.findIndex(
      (one) =>
        one.kind === kind && one.who === who && one.whom === whom && one.what === text && at - one.at < SAME_WITHIN_MS,
    );
    const before = same < 0 ? undefined : this.kept[same];
    const rest = same < 0 ? this.kept : this.kept.filter((_, index) => index !== same);
    const id = before?.id ?? ++this.last;
    this.kept = [{ id, kind, who, whom, what: text, count: (before?.count ?? 0) + count, at }, ...rest].slice(0, KEPT);
    this.timer ??= setTimeout(() => this.changed(), TOLD_EVERY_MS);
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    this.timer = undefined;
    for (const listener of [...this.listeners]) listener();
  }
}

/** What happened lately on this page. */
export const activity = new Activity();

const states = new Map<string, string>();
let isFollowing = false;

/** Follow the bus. */
export function followActivity(): void {
  if (isFollowing) return;
  isFollowing = true;
  onSignal(takeSignal);
  for (const address of ["homeassistant/state_changes/{domain}/{entity_id}", "homeassistant/state_changes"] as const) {
    listen(address, (change) => {
      if (!change.resync && !change.filled) takeChange(change);
    });
  }
  listen("agents/{agent_id}/spawn", (spawned) => activity.add("spawned", place(spawned.name)));
  agents.subscribe(noteStates);
  listen("nodes/{node}/events", (event) => activity.add("state", place(event.name), "", plain(event.kind)));
  listen("agents/{agent_id}/alert", (alert) => activity.add("alert", place(alert.name), "", plain(alert.message)));
  listen("system/approvals", (approval) => activity.add("approval", place(approval.agent), "", plain(approval.state)));
  listen("agents/{agent_id}/notices", (notice) => activity.add("notice", plain(notice.target), "", plain(notice.text)));
}

/** Whoever tells of a new state: it is known from the agents themselves. */
function noteStates(): void {
  const all = agents.all();
  for (const { id, name, state } of all) {
    const before = states.get(id);
    if (before !== undefined && before !== state) activity.add("state", place(name), "", plain(state));
    states.set(id, state);
  }
  if (states.size > 2 * all.length + KEPT) states.clear();
}

/** What came over the bus may be anything, whatever its contract says. */
function plain(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function place(name: unknown): string {
  return agentPlace(plain(name));
}

function takeSignal(signal: Signal): void {
  if (!TOLD_FLOWS.has(signal.kind)) return;
  const nameless = (place: string): boolean => place === BUS || place === "";
  if (signal.kind === "reply" && signal.to !== PERSON) return;
  // what the page itself asks for, again and again
  if (signal.kind === "task" && signal.from === GATEWAY && signal.to !== ENTRANCE) return;
  if (signal.kind === "task" && nameless(signal.from) && nameless(signal.to)) return;
  activity.add(signal.kind as HappeningKind, signal.from, signal.to, "", signal.count);
}

function takeChange(change: {
  entity_id: string;
  domain: string;
  new_state?: Record<string, unknown> | null;
  old_state?: Record<string, unknown> | null;
}): void {
  const now = change.new_state?.["state"];
  if (typeof now !== "string" || now === change.old_state?.["state"]) return;
  const attributes = (change.new_state?.["attributes"] ?? {}) as Record<string, unknown>;
  const deviceClass = plain(attributes["device_class"]);
  const isSensor = change.domain === "binary_sensor" && TELLING_SENSORS.has(deviceClass);
  if (!isSensor && !TELLING_DOMAINS.has(change.domain)) return;
  const name = attributes["friendly_name"];
  activity.add(
    "turned",
    (plain(name) || plain(change.entity_id)).slice(0, MAX_TEXT),
    isSensor ? deviceClass : change.domain,
    now,
  );
}
