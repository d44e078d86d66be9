import { html, nothing, type TemplateResult } from "lit";
import type { Approval, ServiceCall } from "../../contracts/rest";
import { entities } from "../../state/house";
import { stateText, stateWord } from "../house/words";
import { explanationOf, whyOf } from "./telling";
import { t } from "./texts";

/** One line of what will be sent to devices. */
export interface Line {
  name: string;
  entity: string;
  now: string;
  service: string;
  data: string;
}

/** The calls to devices of an approval, one line for each device. */
export function linesOf(detail: Record<string, unknown>): readonly Line[] {
  const calls = Array.isArray(detail["calls"]) ? (detail["calls"] as unknown[]) : [];
  const names = record(detail["names"]);
  const states = record(detail["states"]);
  return calls.flatMap((one) => {
    const call = record(record(one)["call"] ?? one) as Partial<ServiceCall>;
    const entities = Array.isArray(call.entity_id) ? call.entity_id : [String(call.entity_id ?? "")];
    const data = Object.entries(call.data ?? {}).map(([key, value]) => `${key} ${asText(value)}`);
    return entities.map((entity) => ({
      name: asText(names[entity] ?? entity),
      entity,
      now: stateWord(asText(record(states[entity])["state"] ?? "")),
      service: `${asText(call.domain)}.${asText(call.service)}`,
      data: data.join(", "),
    }));
  });
}

/** What exactly will happen, in words and as data. */
export function detailTemplate(approval: Approval): TemplateResult {
  const detail = approval.detail ?? {};
  const lines = linesOf(detail);
  const explained = explanationOf(detail);
  const code = typeof detail["code"] === "string" ? detail["code"] : "";
  return html`
    ${whyOf(detail).map((reason) => html`<p class="foreign">${reason}</p>`)}
    ${explained ? html`<p class="foreign told">${explained}</p>` : nothing}
    ${lines.length ? html`<ul class="lines" aria-label=${t("exactly")}>${lines.map(lineTemplate)}</ul>` : nothing}
    ${code ? html`<details open><summary>${t("code")}</summary><pre tabindex="0">${code}</pre></details>` : nothing}
    <details><summary>${t("data")}</summary><pre tabindex="0">${JSON.stringify(code ? { ...detail, code: "…" } : detail, null, 2)}</pre></details>`;
}

function lineTemplate(line: Line): TemplateResult {
  return html`<li><b class="foreign">${line.name}</b>${line.now ? html` <span class="muted">${t("now", { state: nowOf(line) })}</span>` : nothing}
    <br><span class="mono">${line.service}</span> <span class="mono muted foreign">${line.entity}</span>${line.data ? html` <span class="mono foreign">${line.data}</span>` : nothing}</li>`;
}

/** As the house says it, where it knows the device. */
function nowOf(line: Line): string {
  const entity = entities.get(line.entity);
  return entity ? stateText({ ...entity, state: line.now }) : line.now;
}

function record(value: unknown): Record<string, unknown> {
  return value && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
