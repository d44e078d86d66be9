import { html, type TemplateResult } from "lit";
import type { MqttTrigger, TimeTrigger } from "../../contracts/rest";
import { emptyTrigger, KINDS, plainValue, type Trigger, type TriggerKind } from "./drafts";
import { t } from "./edit-texts";
import { choice, duration, entityField, numberField, textField } from "./form-widgets";
import type { NamedEntity } from "./names";

type Put = (trigger: Trigger) => void;

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const OPERATORS = ["any", "eq", "ne", "gt", "lt", "gte", "lte"] as const;

/** The fields of a trigger, with the choice of its kind. */
export function triggerFields(trigger: Trigger, known: ReadonlyMap<string, NamedEntity>, put: Put): TemplateResult {
  const kinds = KINDS.map((value) => ({ value, label: t(value) }));
  const turn = (kind: TriggerKind): void => put(emptyTrigger(kind));
  return html`<div class="row fields">${choice(t("kind"), trigger.kind ?? "state", kinds, turn)}${fieldsOf(trigger, known, put)}</div>`;
}

function fieldsOf(trigger: Trigger, known: ReadonlyMap<string, NamedEntity>, put: Put): TemplateResult {
  switch (trigger.kind) {
    case "numeric":
      return html`${entityField(t("device"), trigger.entity_id, known, (entity_id) => put({ ...trigger, entity_id }))}
        ${numberField(t("above"), trigger.above ?? null, (above) => put({ ...trigger, above }))}
        ${numberField(t("below"), trigger.below ?? null, (below) => put({ ...trigger, below }))}
        ${duration(t("forTime"), trigger.for_seconds ?? 0, (for_seconds) => put({ ...trigger, for_seconds }))}`;
    case "time":
      return html`<label>${t("at")}<input type="time" .value=${trigger.at} @change=${(event: Event) => put({ ...trigger, at: (event.target as HTMLInputElement).value })}></label>${days(trigger, put)}`;
    case "sun":
      return html`${choice(t("event"), trigger.event, suns(), (event) => put({ ...trigger, event }))}
        ${numberField(t("offset"), (trigger.offset_seconds ?? 0) / 60, (minutes) => put({ ...trigger, offset_seconds: (minutes ?? 0) * 60 }))}`;
    case "interval":
      return duration(t("every"), trigger.seconds, (seconds) => put({ ...trigger, seconds }));
    case "mqtt":
      return mqtt(trigger, put);
    case "detection":
      return html`${textField(t("target"), trigger.target, (target) => put({ ...trigger, target }))}
        ${textField(t("camera"), trigger.camera ?? "", (camera) => put({ ...trigger, camera }))}`;
    case "state":
      return html`${entityField(t("device"), trigger.entity_id, known, (entity_id) => put({ ...trigger, entity_id }))}
        ${textField(t("becomes"), trigger.to, (to) => put({ ...trigger, to }))}
        ${duration(t("forTime"), trigger.for_seconds ?? 0, (for_seconds) => put({ ...trigger, for_seconds }))}`;
    default:
      return html``;
  }
}

function days(trigger: TimeTrigger, put: Put): TemplateResult {
  const chosen = trigger.weekdays ?? [];
  const turn = (day: (typeof DAYS)[number]): void => {
    const weekdays = DAYS.filter((one) => (one === day ? !chosen.includes(one) : chosen.includes(one)));
    put({ ...trigger, weekdays });
  };
  return html`<div class="row days" role="group" aria-label=${t("days")}>${DAYS.map(
    (day) =>
      html`<button type="button" class="day" aria-pressed=${chosen.includes(day)} @click=${() => turn(day)}>${t(day === "sun" ? "sun_" : day)}</button>`,
  )}<span class="small muted">${chosen.length ? "" : t("everyDay")}</span></div>`;
}

function suns(): { value: "sunrise" | "sunset"; label: string }[] {
  return (["sunrise", "sunset"] as const).map((value) => ({ value, label: t(value) }));
}

function mqtt(trigger: MqttTrigger, put: Put): TemplateResult {
  const operator = trigger.operator ?? "any";
  const options = OPERATORS.map((value) => ({ value, label: t(value) }));
  return html`${textField(t("topic"), trigger.topic, (topic) => put({ ...trigger, kind: "mqtt", topic }), "sensors/…")}
    ${textField(t("field"), trigger.field ?? "", (field) => put({ ...trigger, kind: "mqtt", field }))}
    ${choice(t("becomes"), operator, options, (next) => put({ ...trigger, kind: "mqtt", operator: next, value: next === "any" ? null : (trigger.value ?? "") }))}
    ${operator === "any" ? "" : textField("", String(trigger.value ?? ""), (value) => put({ ...trigger, kind: "mqtt", value: plainValue(value) }))}
    ${duration(t("forTime"), trigger.for_seconds ?? 0, (for_seconds) => put({ ...trigger, kind: "mqtt", for_seconds }))}`;
}
