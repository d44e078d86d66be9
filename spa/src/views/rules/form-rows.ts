import { html, nothing, type TemplateResult } from "lit";
import type { Condition, NoticeAction, ServiceCall, TaskAction } from "../../contracts/rest";
import { plainValue, SERVICES } from "./drafts";
import { t } from "./edit-texts";
import { choice, entityField, type Field, textField } from "./form-widgets";
import type { NamedEntity } from "./names";

const OPERATORS = ["eq", "ne", "gt", "lt", "gte", "lte"] as const;

/** What must hold. */
export function conditionRow(
  one: Condition,
  known: ReadonlyMap<string, NamedEntity>,
  put: Field<Condition>,
): TemplateResult {
  const operators = OPERATORS.map((value) => ({ value, label: t(value) }));
  return html`<div class="row fields">${entityField(t("device"), one.entity_id ?? "", known, (entity_id) => put({ entity_id }))}
    ${choice(t("compare"), one.operator ?? "eq", operators, (operator) => put({ operator }))}
    ${textField("", String(one.value), (value) => put({ value: plainValue(value) }))}</div>`;
}

/** A command to a device. */
export function actionRow(
  one: ServiceCall,
  known: ReadonlyMap<string, NamedEntity>,
  put: Field<ServiceCall>,
): TemplateResult {
  const chosen = (entityId: string): void => {
    const domain = entityId.split(".")[0] ?? "";
    const services = SERVICES[domain] ?? [];
    const service = services.includes(one.service) ? one.service : (services[0] ?? one.service);
    put({ entity_id: entityId ? [entityId] : [], domain, service });
  };
  const services = [...new Set([...(SERVICES[one.domain] ?? []), one.service])].filter(Boolean);
  const data = Object.entries(one.data ?? {});
  return html`<div class="row fields">${entityField(t("device"), one.entity_id[0] ?? "", known, chosen)}
    ${
      services.length
        ? choice(
            t("service"),
            one.service,
            services.map((value) => ({ value, label: value.replaceAll("_", " ") })),
            (service) => put({ service }),
          )
        : html`<p class="small muted">${t("needs")}</p>`
    }
    ${data.length ? html`<p class="data muted foreign">${t("more", { data: data.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ") })}</p>` : nothing}</div>`;
}

/** Something to tell people. */
export function noticeRow(one: NoticeAction, put: Field<NoticeAction>): TemplateResult {
  return html`<div class="row fields">${textField(t("text"), one.text ?? "", (text) => put({ text }))}
    ${textField(t("place"), one.target ?? "", (target) => put({ target }))}</div>`;
}

/** A task for an agent. */
export function taskRow(one: TaskAction, put: Field<TaskAction>): TemplateResult {
  return html`<div class="row fields">${textField(t("agent"), one.agent, (agent) => put({ agent }))}
    ${textField(t("task"), one.task, (task) => put({ task }))}</div>`;
}
