import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SpecReport } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { call } from "../../gateway/rest";
import { moment } from "../../i18n/texts";
import { shown } from "../../state/topics";
import { diffLines } from "../../ui/diff";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { codeStyles, codeView, diffView } from "./code-view";
import { t } from "./detail-texts";

type Spec = Record<string, unknown>;

/** The specification and code of a spawned agent, those before it, and what changed between two of them. */
export class AgentCode extends Element {
  static override styles = [shared, codeStyles, styles()];
  static override properties = {
    name: {},
    version: { type: Number },
    report: { state: true },
    problem: { state: true },
    chosen: { state: true },
    against: { state: true },
  };

  name = "";
  /** Changes when the specification does. */
  version = 0;
  private report: SpecReport | null = null;
  private problem = "";
  private chosen = 0;
  private against = -1;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("name") || changed.has("version")) void this.load();
  }

  protected override render(): TemplateResult {
    if (this.problem) return html`<p class="error">${t("noSpec", { problem: this.problem })}</p>`;
    if (!this.report) return html``;
    const specs = [this.report.spec, ...(this.report.history ?? [])];
    const spec = specs[this.chosen] ?? this.report.spec;
    const other = specs[this.against];
    return html`${specs.length > 1 ? this.versions(specs) : nothing}
      <div class="parts">
        <section>${other ? diffView(diffLines(bodyOf(other), bodyOf(spec))) : body(spec)}</section>
        <section class="card rest"><h3>${t("specification")}</h3>
          <dl>${Object.entries(spec)
            .filter(([key, value]) => key !== "code" && key !== "system_prompt" && isTold(value))
            .map(
              ([key, value]) =>
                html`<dt class="mono">${key}</dt><dd class="foreign">${shown(value, 1).slice(0, 2_000)}</dd>`,
            )}
          </dl></section>
      </div>`;
  }

  private versions(specs: readonly Spec[]): TemplateResult {
    const options = (value: number): TemplateResult[] =>
      specs.map(
        (spec, index) => html`<option value=${index} ?selected=${index === value}>${versionText(spec)}</option>`,
      );
    return html`<div class="row choose">
      <label>${t("show")} <select @change=${(event: Event) => {
        this.chosen = Number((event.target as HTMLSelectElement).value);
      }}>${options(this.chosen)}</select></label>
      <label>${t("compare")} <select @change=${(event: Event) => {
        this.against = Number((event.target as HTMLSelectElement).value);
      }}><option value="-1" ?selected=${this.against < 0}>${t("nothing")}</option>${options(this.against)}</select></label>
    </div>`;
  }

  private async load(): Promise<void> {
    const isFirst = this.report === null;
    try {
      this.report = await call("GET /api/agents/{name}/spec", { path: { name: this.name } });
      this.problem = "";
      this.chosen = 0;
      if (isFirst && this.report.history?.length) this.against = 1;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function body(spec: Spec): TemplateResult {
  const code = textOf(spec["code"]);
  if (code) return codeView(code);
  const prompt = textOf(spec["system_prompt"]);
  return html`<p class="muted small">${t("noCode")}</p>${prompt ? html`<h3>${t("prompt")}</h3><pre class="prompt">${prompt}</pre>` : nothing}`;
}

function bodyOf(spec: Spec): string {
  return textOf(spec["code"]) || textOf(spec["system_prompt"]);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isTold(value: unknown): boolean {
  if (value === null || value === "" || value === false) return false;
  return typeof value !== "object" || Object.keys(value as object).length > 0;
}

function versionText(spec: Spec): string {
  const until = Number(spec["replaced_at"]);
  return until ? t("until", { time: moment(until) }) : t("now");
}

function styles(): ReturnType<typeof css> {
  return css`
    .choose { margin-bottom: 10px; } .choose label { display: flex; align-items: center; gap: 6px; } select { width: auto; }
    .parts { display: grid; grid-template-columns: minmax(0, 1fr) minmax(200px, 280px); gap: 12px; align-items: start; }
    @media (max-width: 1000px) { .parts { grid-template-columns: minmax(0, 1fr); } }
    h3 { margin-bottom: 6px; } dt { color: var(--muted); font-size: 12px; margin-top: 6px; } dd { margin: 0; white-space: pre-wrap; font-size: 13px; max-height: 140px; overflow: auto; }
    .prompt { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 60dvh; }
  `;
}

customElements.define("wz-agent-code", AgentCode);
