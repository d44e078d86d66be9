import type { Condition, NoticeAction, RuleDraft, ServiceCall, TaskAction } from "../../contracts/rest";

/** A trigger as a draft has it. */
export type Trigger = RuleDraft["trigger"];
/** The kinds of triggers. */
export type TriggerKind = NonNullable<Trigger["kind"]>;

/** Kinds that the form offers, in its order. */
export const KINDS: readonly TriggerKind[] = ["state", "numeric", "time", "sun", "interval", "mqtt", "detection"];

/** Services that the form offers for a domain. */
export const SERVICES: Readonly<Record<string, readonly string[]>> = {
  light: ["turn_on", "turn_off"],
  switch: ["turn_on", "turn_off"],
  fan: ["turn_on", "turn_off"],
  input_boolean: ["turn_on", "turn_off"],
  humidifier: ["turn_on", "turn_off"],
  climate: ["turn_on", "turn_off"],
  lock: ["lock", "unlock"],
  cover: ["open_cover", "close_cover", "stop_cover"],
  valve: ["open_valve", "close_valve"],
  scene: ["turn_on"],
  script: ["turn_on"],
  automation: ["turn_on", "turn_off", "trigger"],
  media_player: ["media_play", "media_pause", "turn_on", "turn_off"],
  vacuum: ["start", "return_to_base"],
  siren: ["turn_on", "turn_off"],
  alarm_control_panel: ["alarm_arm_home", "alarm_arm_away", "alarm_disarm"],
};

/** A new trigger of a kind, to be filled in. */
export function emptyTrigger(kind: TriggerKind): Trigger {
  switch (kind) {
    case "state":
      return { kind, entity_id: "", to: "on" };
    case "numeric":
      return { kind, entity_id: "", above: null, below: null };
    case "time":
      return { kind, at: "07:00", weekdays: [] };
    case "sun":
      return { kind, event: "sunset", offset_seconds: 0 };
    case "interval":
      return { kind, seconds: 3600 };
    case "mqtt":
      return { kind, topic: "", field: "", operator: "any", value: null };
    case "detection":
      return { kind, target: "person", camera: "" };
  }
}

/** A new rule, to be filled in. */
export function emptyDraft(): RuleDraft {
  return { trigger: emptyTrigger("state"), conditions: [], actions: [emptyAction()], notices: [], tasks: [] };
}

/** A new action, to be filled in. */
export function emptyAction(): ServiceCall {
  return { domain: "", service: "", entity_id: [], data: {} };
}

/** A new condition, to be filled in. */
export function emptyCondition(): Condition {
  return { entity_id: "", operator: "eq", value: "on" };
}

/** A new notice. */
export function emptyNotice(): NoticeAction {
  return { text: "", target: "" };
}

/** A new task, to be filled in. */
export function emptyTask(): TaskAction {
  return { agent: "", task: "" };
}

/** Whether the form shows all that a draft says, so that nothing is lost when it is saved. */
export function fitsForm(draft: RuleDraft): boolean {
  const { trigger } = draft;
  if (trigger.kind === "mqtt" && (trigger.window || typeof trigger.value === "boolean")) return false;
  if (trigger.kind === "numeric" && (trigger.attribute || trigger.hysteresis)) return false;
  if (draft.hours?.weekdays?.length || draft.min_on_seconds) return false;
  if ((draft.conditions ?? []).some((one) => one.topic || one.field || one.attribute)) return false;
  const isUsual = (one: NoticeAction): boolean => !one.edit && !one.quiet_hours;
  return (draft.actions ?? []).every((one) => one.entity_id.length <= 1) && (draft.notices ?? []).every(isUsual);
}

/** A draft without rows that were left empty. */
export function tidied(draft: RuleDraft): RuleDraft {
  return {
    ...draft,
    conditions: (draft.conditions ?? []).filter((one) => one.entity_id || one.topic),
    actions: (draft.actions ?? []).filter((one) => one.domain && one.service),
    tasks: (draft.tasks ?? []).filter((one) => one.agent && one.task),
    hours: draft.hours?.start || draft.hours?.end || draft.hours?.weekdays?.length ? draft.hours : null,
  };
}

/** A number where a text is one, so that 20 and "20" compare alike. */
export function plainValue(text: string): string | number {
  const trimmed = text.trim();
  return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
}

/** The line that a problem of YAML names; null where it names none. */
export function lineOf(problem: string): number | null {
  const found = /\bline (\d+)/.exec(problem);
  return found ? Number(found[1]) : null;
}

/** The unit in which seconds read best, and how many of it. */
export function asDuration(seconds: number): { amount: number; unit: 1 | 60 | 3600 } {
  const unit = seconds && seconds % 3600 === 0 ? 3600 : seconds && seconds % 60 === 0 ? 60 : 1;
  return { amount: seconds / unit, unit };
}
