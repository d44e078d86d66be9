import { defineTexts, number } from "../../i18n/texts";
import { shortText } from "../../scene/names";
import type { Happening } from "../../state/activity";
import { BUS, PERSON, placeName } from "../../state/flows";
import { stateText } from "../../ui/state-badge";
import { t as scene } from "./texts";

const NAME_LENGTH = 40;
const TEXT_LENGTH = 110;

const t = defineTexts({
  en: {
    task: "{who} → {whom}: task",
    chat: "{who} → {whom}: chat",
    reply: "{who} → {whom}: answer",
    actuation: "{who} switches {whom}",
    trigger: "{who} sets off a rule",
    spawned: "{who} was started",
    state: "{who}: {what}",
    started: "{who} started",
    died: "{who} died",
    alert: "{who}: {what}",
    asked: "{who} asks for a yes",
    approved: "A request of {who} was approved",
    denied: "A request of {who} was refused",
    expired: "A request of {who} expired",
    notice: "Notice to {who}: {what}",
    on: "{who} turned on",
    off: "{who} turned off",
    open: "{who} opened",
    closed: "{who} closed",
    locked: "{who} locked",
    unlocked: "{who} unlocked",
    sees: "{who} senses something",
    clear: "{who} is clear again",
    turned: "{who}: {what}",
  },
  de: {
    task: "{who} → {whom}: Aufgabe",
    chat: "{who} → {whom}: Gespräch",
    reply: "{who} → {whom}: Antwort",
    actuation: "{who} schaltet {whom}",
    trigger: "{who} löst eine Regel aus",
    spawned: "{who} wurde gestartet",
    state: "{who} ist jetzt: {what}",
    started: "{who} ist gestartet",
    died: "{who} ist abgestürzt",
    alert: "{who}: {what}",
    asked: "{who} bittet um ein Ja",
    approved: "Eine Bitte von {who} wurde erlaubt",
    denied: "Eine Bitte von {who} wurde abgelehnt",
    expired: "Eine Bitte von {who} ist verfallen",
    notice: "Mitteilung an {who}: {what}",
    on: "{who} ist an",
    off: "{who} ist aus",
    open: "{who} ist offen",
    closed: "{who} ist zu",
    locked: "{who} ist verriegelt",
    unlocked: "{who} ist entriegelt",
    sees: "{who} nimmt etwas wahr",
    clear: "{who} ist wieder ruhig",
    turned: "{who}: {what}",
  },
});

type Key = Parameters<typeof t>[0];

const APPROVALS: Record<string, Key> = { open: "asked", approved: "approved", denied: "denied", expired: "expired" };
const NODE_EVENTS: Record<string, Key> = { started: "started", died: "died" };
const OPENINGS = new Set(["door", "window", "garage_door"]);
const SENSING = new Set(["motion", "occupancy", "smoke", "gas", "moisture"]);
const TURNED = new Set<string>(["on", "off", "open", "closed", "locked", "unlocked"]);

/** What a place is called for people; `device` names an entity. */
export function nameOf(place: string, device: (entityId: string) => string): string {
  if (place === BUS) return scene("bus");
  if (place === PERSON) return scene("people");
  const name = placeName(place);
  return shortText(place.startsWith("device:") ? device(name) : name || place, NAME_LENGTH);
}

/** What happened, as a sentence. */
export function sentence(happening: Happening, device: (entityId: string) => string): string {
  const values = {
    who: nameOf(happening.who, device),
    whom: nameOf(happening.whom, device),
    what: shortText(happening.kind === "state" ? stateText(happening.what) : happening.what, TEXT_LENGTH),
  };
  const times = happening.count > 1 ? ` ×${number(happening.count)}` : "";
  return t(keyOf(happening), values) + times;
}

function keyOf({ kind, what, whom }: Happening): Key {
  if (kind === "approval") return APPROVALS[what] ?? "asked";
  if (kind === "state") return NODE_EVENTS[what] ?? "state";
  if (kind !== "turned") return kind;
  if (OPENINGS.has(whom)) return what === "on" ? "open" : "closed";
  if (SENSING.has(whom)) return what === "on" ? "sees" : "clear";
  return TURNED.has(what) ? (what as Key) : "turned";
}
