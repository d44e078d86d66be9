import type { StateChange } from "../contracts/generated";
import type { DeedDone, HouseView, RoomEntity } from "../contracts/rest";
import { GatewayError, sentenceOf } from "../gateway/errors";
import { call } from "../gateway/rest";
import { approvals, ended } from "./approvals";
import { listen, onResync } from "./bus";
import { expected } from "./house-expected";
import { language } from "./preferences";
import { Collection, Store } from "./store";

/** An action on its way: sent, waiting for a yes, or refused with a sentence. */
export interface Underway {
  id: string;
  phase: "going" | "waiting" | "failed";
  action: string;
  text: string;
  approvalId: string;
  at: number;
}

/** A value that was seen at a moment (epoch seconds). */
export interface Sample {
  t: number;
  v: number;
}

/** The house by rooms; states in it are those of the moment it was fetched. Null until it is known. */
export const house = new Store<HouseView | null>(null);
/** Every entity with its live state. */
export const entities = new Collection<RoomEntity>();
/** What is on its way, by entity. */
export const underway = new Collection<Underway>();
/** Why the house is not known; empty while it is. */
export const houseProblem = new Store("");

const FAILED_SHOWN_MS = 9_000;
const AGAIN_MS = 400;
const RETRY_MS = 5_000;
const KEPT_SAMPLES = 240;

const samples = new Map<string, Sample[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Fetch the house. */
export async function loadHouse(): Promise<void> {
  try {
    const next = await call("GET /api/house");
    const all = next.rooms.flatMap((room) => room.entities);
    entities.replace(all.map((one) => [one.entity_id, one] as const));
    for (const one of all) sample(one);
    house.set(next);
    houseProblem.set("");
  } catch (error) {
    houseProblem.set(sentenceOf(error));
    soon(RETRY_MS);
  }
}

/** Follow what happens in the house. */
export function followHouse(): void {
  onResync(() => soon());
  listen("homeassistant/map/version", () => soon());
  listen("homeassistant/state_changes/{domain}/{entity_id}", take);
  ended.subscribe(() => {
    for (const one of underway.all())
      if (one.phase === "waiting" && !approvals.get(one.approvalId)) underway.delete(one.id);
  });
  language.subscribe(() => soon());
}

/** Values of a sensor that were seen since the page was opened, oldest first. */
export function samplesOf(entityId: string): readonly Sample[] {
  return samples.get(entityId) ?? [];
}

/** The entity as it will be when what is on its way has arrived. */
export function hoped(entity: RoomEntity): RoomEntity {
  const way = underway.get(entity.entity_id);
  return way?.phase === "going" ? (hopes.get(entity.entity_id) ?? entity) : entity;
}

const hopes = new Map<string, RoomEntity>();

/** Do something with an entity; the answer is also kept in `underway` for its tile. */
export async function act(entity: RoomEntity, action: string, data: Record<string, unknown> = {}): Promise<DeedDone> {
  const id = entity.entity_id;
  const way: Underway = { id, phase: "going", action, text: "", approvalId: "", at: Date.now() / 1000 };
  if (!entity.asks.includes(action)) hopes.set(id, expected(entity, action, data));
  underway.put(id, way);
  try {
    const done = await call("POST /api/house/{entity_id}/actions", {
      path: { entity_id: id },
      body: { action, data },
      headers: { "idempotency-key": crypto.randomUUID() },
    });
    arrived(way, done);
    return done;
  } catch (error) {
    fail(way, sentenceOf(error));
    throw error;
  } finally {
    if (underway.get(id)?.at !== way.at || underway.get(id)?.phase !== "going") hopes.delete(id);
  }
}

/** Move a sensor of the demo home. */
export async function moveSensor(entityId: string, state: string): Promise<void> {
  const moved = await call("POST /api/home/{entity_id}", { path: { entity_id: entityId }, body: { state } });
  const known = entities.get(entityId);
  if (known && moved.state !== null) put({ ...known, state: moved.state, last_changed: Date.now() / 1000 });
}

function arrived(way: Underway, done: DeedDone): void {
  if (underway.get(way.id)?.at !== way.at) return; // another action came after it
  const known = entities.get(way.id);
  const isTold = known?.state === done.state; // the bus was faster, and knows the attributes as well
  if (known && !isTold && done.state !== null && done.state !== undefined && done.status !== "waiting") {
    put({ ...((done.status === "done" && hopes.get(way.id)) || known), state: done.state });
  }
  if (done.status === "done") underway.delete(way.id);
  else if (done.status === "waiting") {
    underway.put(way.id, { ...way, phase: "waiting", text: done.text, approvalId: done.approval_id ?? "" });
  } else fail(way, done.text);
}

function fail(way: Underway, text: string): void {
  if (underway.get(way.id)?.at !== way.at) return;
  underway.put(way.id, { ...way, phase: "failed", text });
  setTimeout(() => {
    const now = underway.get(way.id);
    if (now?.at === way.at && now.phase === "failed") underway.delete(way.id);
  }, FAILED_SHOWN_MS);
}

function take(change: StateChange): void {
  const known = entities.get(change.entity_id);
  const raw = change.new_state;
  if (!known || !raw) {
    if (house.value && (known || !change.resync)) soon();
    return;
  }
  const changedAt = moment(raw["last_changed"]) ?? change.timestamp;
  if (known.last_changed !== null && changedAt < known.last_changed - 1) return; // told late
  const told = raw["attributes"];
  const attributes =
    told && typeof told === "object" && !change.trimmed ? (told as Record<string, unknown>) : known.attributes;
  const state = String(raw["state"] ?? "unknown");
  put({ ...known, state, attributes, available: state !== "unavailable", last_changed: changedAt });
  if ((state === "unavailable") === known.available) soon();
}

function put(entity: RoomEntity): void {
  entities.put(entity.entity_id, entity);
  sample(entity);
}

function sample(entity: RoomEntity): void {
  const value = Number(entity.state);
  if (entity.domain !== "sensor" || entity.state === null || entity.state === "" || Number.isNaN(value)) return;
  const kept = samples.get(entity.entity_id) ?? [];
  const at = Date.now() / 1000;
  samples.set(entity.entity_id, [...kept, { t: at, v: value }].slice(-KEPT_SAMPLES));
}

function moment(value: unknown): number | null {
  if (typeof value === "number") return value;
  const read = typeof value === "string" ? Date.parse(value) / 1000 : Number.NaN;
  return Number.isNaN(read) ? null : read;
}

function soon(milliseconds = AGAIN_MS): void {
  clearTimeout(timer);
  timer = setTimeout(() => void loadHouse(), milliseconds);
}

/** Whether a failure means that this person may not do it. */
export function isForbidden(error: unknown): boolean {
  const FORBIDDEN = 403;
  return error instanceof GatewayError && error.status === FORBIDDEN;
}
