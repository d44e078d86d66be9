import { css, html, nothing, type TemplateResult } from "lit";
import { moment, number } from "../../i18n/texts";
import type { LogLine } from "../../state/logs";
import { shared } from "../../ui/shared";
import { t } from "./detail-texts";
import { TailElement } from "./tail-element";

const SHOWN = 100;

/** The errors of an agent, newest first, each with where it happened and its traceback. */
export class AgentErrors extends TailElement {
  static override styles = [shared, styles()];

  protected override render(): TemplateResult {
    const bursts = foldErrors(this.tail?.all() ?? []).slice(0, SHOWN);
    if (this.tail?.problem) return html`<p class="error">${t("logProblem", { problem: this.tail.problem })}</p>`;
    if (!bursts.length && !this.tail?.loading) return html`<p class="empty">${t("noErrors")}</p>`;
    return html`<div class="stack">${bursts.map(
      ({ line, count }) => html`<article class="card">
        <div class="row small muted"><time>${moment(line.at)}</time>
          ${line.phase ? html`<span class="badge foreign">${t("inPhase", { phase: line.phase })}</span>` : nothing}
          ${count > 1 ? html`<span class="badge warn">${t("times", { count: number(count) })}</span>` : nothing}</div>
        <p class="foreign what">${line.text}</p>
        ${line.traceback ? html`<details ?open=${bursts.length === 1}><summary class="small">${t("traceback")}</summary><pre>${line.traceback}</pre></details>` : nothing}
      </article>`,
    )}</div>`;
  }
}

/** Errors newest first; the same one again and again is told once, with how often it came. */
export function foldErrors(lines: readonly LogLine[]): { line: LogLine; count: number }[] {
  const found = new Map<string, { line: LogLine; count: number }>();
  for (const line of lines) {
    if (line.kind !== "error") continue;
    const key = `${line.phase}|${line.text}|${line.traceback}`;
    const count = (found.get(key)?.count ?? 0) + 1;
    found.delete(key);
    found.set(key, { line, count });
  }
  return [...found.values()].reverse();
}

function styles(): ReturnType<typeof css> {
  return css`
    .what { font-weight: 600; margin: 4px 0; color: var(--bad); white-space: pre-wrap; max-height: 12em; overflow: auto; }
    summary { cursor: pointer; color: var(--muted); padding: 4px 0; } pre { max-height: 360px; }
  `;
}

customElements.define("wz-agent-errors", AgentErrors);
