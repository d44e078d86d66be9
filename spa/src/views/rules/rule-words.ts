import type { FiringReport, Rule } from "../../contracts/rest";
import { moment, number } from "../../i18n/texts";
import { stateText } from "../house/words";
import { type NamedEntity, nameOf, unitOf } from "./names";
import { nextTime } from "./nexttime";
import { t } from "./texts";

/** A state of a rule with its color and its reason. */
export interface ShownState {
  label: string;
  tone: "good" | "warn" | "" | "accent";
  why: string;
}

/** How a rule stands, for its badge. */
export function stateOf(rule: Rule): ShownState {
  if (rule.status === "proposed") return { label: t("waiting"), tone: "warn", why: "" };
  if (rule.status !== "paused") return { label: t("running"), tone: "good", why: "" };
  const reasons = { person: t("byPerson"), missing: t("byMissing"), fight: t("byFight"), loop: t("byLoop") } as const;
  const why = rule.paused_by ? reasons[rule.paused_by] : (rule.note ?? "");
  return { label: t("paused"), tone: rule.paused_by === "person" ? "" : "warn", why };
}

/** What a running rule waits for: its next time, or the device with its value. */
export function waitsFor(rule: Rule, known: ReadonlyMap<string, NamedEntity>, now: number): string {
  if (rule.status === "proposed" || rule.status === "paused") return "";
  const at = nextTime(rule.draft, rule.last_fired_at ?? null, now);
  if (at !== null) return t("next", { time: moment(at) });
  const { trigger } = rule.draft;
  if (trigger.kind !== "state" && trigger.kind !== "numeric") return "";
  const entity = known.get(trigger.entity_id);
  const waits = t("watches", { name: nameOf(known, trigger.entity_id) });
  return entity ? `${waits} (${t("nowValue", { value: stateText(entity) })})` : waits;
}

/** What triggered a firing, as `28.4 °C › 28 °C`. */
export function triggerWords(firing: FiringReport, known: ReadonlyMap<string, NamedEntity>): string {
  const { trigger = {} } = firing;
  const entityId = text(trigger["entity_id"]);
  const unit = unitOf(known, entityId);
  const name = nameOf(known, entityId) || text(trigger["topic"]) || text(trigger["at"]) || text(trigger["event"]);
  const value = trigger["value"] == null ? "" : withUnit(text(trigger["value"]), unit);
  const bound = trigger["threshold"] == null ? "" : withUnit(text(trigger["threshold"]), unit);
  const sign = trigger["below"] == null ? "›" : "‹";
  return [name, [value, bound].filter(Boolean).join(` ${sign} `)].filter(Boolean).join(": ");
}

/** A value with its unit; numbers as the language writes them. */
export function withUnit(value: string, unit?: string | null): string {
  const plain = value.trim() !== "" && Number.isFinite(Number(value)) ? number(Number(value), 2) : value;
  return unit ? `${plain} ${unit}` : plain;
}

function text(value: unknown): string {
  return value == null ? "" : String(value);
}
