import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { RuleDraft, RuleResult } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { editRule, importRules, makeRule, previewRule, showRule } from "../../state/rules";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { emptyDraft, fitsForm, lineOf, tidied } from "./drafts";
import { t } from "./edit-texts";
import { loadEntities, type NamedEntity } from "./names";
import "./rule-form";
import { t as listText } from "./texts";
import "./yaml-field";

const HANDED_OVER = "wactorz.rule.draft";
const EXAMPLE = `rule: every day at 7 turn on the hallway light
when:
  time: "07:00"
do:
- call: light.turn_on
  entities:
  - light.hallway_light
`;

/** Changes a rule, or makes one, as a form or as YAML. */
export class RuleEditor extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    ruleId: { attribute: false },
    mode: { state: true },
    draft: { state: true },
    task: { state: true },
    yaml: { state: true },
    checked: { state: true },
    problem: { state: true },
    busy: { state: true },
    known: { state: true },
  };

  /** The rule; empty for a new one. */
  ruleId = "";

  private mode: "" | "form" | "yaml" = "";
  private draft: RuleDraft = emptyDraft();
  private task = "";
  private said = "";
  private yaml = EXAMPLE;
  private checked: RuleResult | null = null;
  private problem = "";
  private busy = false;
  private known: ReadonlyMap<string, NamedEntity> = new Map();

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("ruleId")) void this.load();
  }

  protected override render(): TemplateResult {
    const back = this.ruleId ? `#/rules/${this.ruleId}` : "#/rules";
    const line = lineOf(this.problem) ?? 0;
    return html`<a class="row back reach" href=${back}><span class="turned">${icon("chevron", 16)}</span>${t("cancel")}</a>
      <section class="card stack">
        <div class="row" role="group" aria-label=${t("asForm")}>${this.tab("form")}${this.tab("yaml")}</div>
        ${this.mode === "form" ? html`<wz-rule-form .draft=${this.draft} .task=${this.task} .known=${this.known} @change=${this.changed}></wz-rule-form>` : nothing}
        ${this.mode === "yaml" ? this.asYaml(line) : nothing}
        ${this.problem ? html`<p class="error foreign" role="alert">${line ? html`<button class="quiet" @click=${() => this.field()?.goTo(line)}>${t("line", { line })}</button>` : nothing}${this.problem}</p>` : nothing}
        ${this.checked ? html`<p class="checked foreign" role="status">${icon("check", 16)} ${this.checked.rule.summary}</p>` : nothing}
        <div class="row"><button class="primary" ?disabled=${this.busy || !this.mode} @click=${() => void this.save()}>${t(this.ruleId || this.mode === "form" ? "save" : "takeIn")}</button>
          ${this.mode === "form" ? html`<button ?disabled=${this.busy} @click=${() => void this.check()}>${t("check")}</button>` : nothing}</div>
      </section>`;
  }

  private tab(mode: "form" | "yaml"): TemplateResult {
    const isOff = mode === "form" && Boolean(this.ruleId) && !fitsForm(this.draft);
    return html`<button class="chip" aria-pressed=${this.mode === mode} ?disabled=${isOff} title=${isOff ? t("notForm") : ""} @click=${() => void this.turn(mode)}>${t(mode)}</button>`;
  }

  private asYaml(line: number): TemplateResult {
    return html`${this.ruleId && !fitsForm(this.draft) ? html`<p class="small muted">${t("notForm")}</p>` : nothing}
      ${this.ruleId ? nothing : html`<p class="small muted">${t("pasteHelp")}</p><label class="file button">${t("fromFile")}<input class="hidden" type="file" accept=".yaml,.yml,text/yaml" @change=${this.opened}></label>`}
      <wz-yaml-field .value=${this.yaml} .line=${line} .label=${t("yaml")} @input=${(event: Event) => {
        this.yaml = (event.target as HTMLInputElement).value;
      }}></wz-yaml-field>`;
  }

  private field(): (HTMLElement & { goTo(line: number): void }) | null {
    return this.renderRoot.querySelector("wz-yaml-field");
  }

  private changed(event: CustomEvent<{ draft: RuleDraft; task: string }>): void {
    Object.assign(this, event.detail, { checked: null });
  }

  private async load(): Promise<void> {
    await this.trying(async () => {
      if (this.ruleId) {
        const shown = await showRule(this.ruleId);
        this.draft = shown.rule.draft;
        this.task = shown.rule.task;
        this.said = this.task;
        this.yaml = shown.yaml ?? "";
        this.mode = fitsForm(this.draft) ? "form" : "yaml";
      } else {
        this.mode = location.hash.endsWith("/form") ? "form" : "yaml";
        const kept = sessionStorage.getItem(HANDED_OVER);
        if (kept && this.mode === "form") Object.assign(this, JSON.parse(kept) as { draft: RuleDraft; task: string });
      }
      this.known = await loadEntities();
    });
  }

  // What was typed in the form goes along into the YAML; what was typed as YAML stays there.
  private async turn(mode: "form" | "yaml"): Promise<void> {
    if (mode === "yaml" && this.mode === "form" && this.task) {
      const shown = await previewRule(this.task, tidied(this.draft)).catch(() => null);
      if (shown?.yaml && !shown.existed) this.yaml = this.ruleId ? withId(shown.yaml, this.ruleId) : shown.yaml;
    }
    this.problem = "";
    this.mode = mode;
  }

  private async check(): Promise<void> {
    await this.trying(async () => {
      this.checked = await previewRule(this.sentence(), tidied(this.draft));
    });
  }

  private async save(): Promise<void> {
    await this.trying(async () => {
      if (!this.ruleId && this.mode === "yaml") {
        await this.takeIn();
        return;
      }
      const result = await this.send();
      sessionStorage.removeItem(HANDED_OVER);
      const isWaiting = result.rule.status === "proposed";
      toast(t(isWaiting ? "savedWaits" : "saved"), isWaiting ? "warn" : "good");
      location.hash = `#/rules/${result.rule.rule_id}`;
    });
  }

  private async send(): Promise<RuleResult> {
    const draft = tidied(this.draft);
    if (!this.ruleId) return makeRule(this.sentence(), draft);
    if (this.mode === "yaml") return editRule(this.ruleId, { yaml: this.yaml });
    if (this.task === this.said) return editRule(this.ruleId, { draft });
    // A draft has no sentence; the YAML of both has.
    const { yaml } = await previewRule(this.sentence(), draft);
    return editRule(this.ruleId, yaml ? { yaml: withId(yaml, this.ruleId) } : { draft });
  }

  private async takeIn(): Promise<void> {
    const file = await importRules(this.yaml);
    const [made, problems] = [file.rule_ids?.length ?? 0, file.problems?.length ?? 0];
    if (problems) this.problem = (file.problems ?? []).join("\n");
    if (made) toast(listText("imported", { made, problems }), problems ? "warn" : "good");
    if (made && !problems) location.hash = made === 1 ? `#/rules/${file.rule_ids?.[0]}` : "#/rules";
  }

  private sentence(): string {
    return this.task.trim() || t("make");
  }

  private async opened(event: Event): Promise<void> {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) this.yaml = await file.text();
  }

  private async trying(deed: () => Promise<void>): Promise<void> {
    Object.assign(this, { busy: true, problem: "" });
    try {
      await deed();
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.busy = false;
  }
}

function withId(yaml: string, ruleId: string): string {
  return yaml.replace(/^id: .*$/m, `id: ${ruleId}`);
}

function styles(): ReturnType<typeof css> {
  return css`
    .back { color: var(--muted); text-decoration: none; margin-bottom: 10px; width: fit-content; gap: 4px; } .turned { transform: rotate(180deg); display: flex; }
    .card { max-width: 900px; }
    .chip { min-height: 32px; border-radius: 99px; font-size: 13px; } .chip[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
    .checked { color: var(--good); background: var(--good-soft); border-radius: var(--radius-small); padding: 8px 12px; }
    .error { white-space: pre-wrap; } .error button { min-height: 26px; padding: 0 8px; margin-inline-end: 6px; color: var(--bad); border-color: var(--bad); }
    .file { width: fit-content; color: var(--text); font-size: 14px; } .file:focus-within { outline: 2px solid var(--accent); }
  `;
}

customElements.define("wz-rule-editor", RuleEditor);
