import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SpawnResult } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { call } from "../../gateway/rest";
import { reloadSoon } from "../../state/agents";
import { followNodes, isOnline, nodes } from "../../state/nodes";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import "./code-editor";
import { blankDraft, type Draft, draftOf, type Fault, type Field, faults, fieldOf, specOf } from "./spawn-draft";
import { t } from "./spawn-texts";
import { agentLink } from "./words";

type TextField = { [K in Field]: Draft[K] extends string ? K : never }[Field];

/** The form for a new agent, or for one that is edited. */
export class SpawnForm extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    spec: { attribute: false },
    draft: { state: true },
    wrong: { state: true },
    told: { state: true },
    busy: { state: true },
  };

  /** The specification to edit; null for a new agent. */
  spec: Record<string, unknown> | null = null;
  private draft: Draft = blankDraft();
  private wrong: Partial<Record<Field, Fault>> = {};
  /** What the server said, and about which field. */
  private told: { text: string; field: Field | null } | null = null;
  private busy = false;
  private key = crypto.randomUUID();
  private unfollow: (() => void) | null = null;

  protected override follows(): readonly Observable[] {
    return [nodes];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unfollow = followNodes();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow?.();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("spec") && this.spec) this.draft = draftOf(this.spec);
  }

  protected override render(): TemplateResult {
    const { draft } = this;
    return html`<form class="stack" novalidate @submit=${this.submit}>
      <div class="two">
        ${this.text("name", { isFixed: this.spec !== null })}
        ${this.text("description")}
      </div>
      <fieldset class="row"><legend>${t("type")}</legend>${(["dynamic", "llm"] as const).map(
        (type) =>
          html`<label class="choice"><input type="radio" name="type" ?checked=${draft.type === type} @change=${() => this.take({ type })}>${t(type)}</label>`,
      )}</fieldset>
      ${draft.type === "dynamic" ? this.code() : this.area("systemPrompt", "promptHint", 8)}
      ${draft.type === "dynamic" ? html`<div class="two">${this.text("pollInterval", { isNumber: true })}</div>` : nothing}
      ${this.grants()} ${this.limits()}
      ${this.spec ? nothing : html`<label class="choice"><input type="checkbox" .checked=${draft.replace} @change=${(event: Event) => this.take({ replace: (event.target as HTMLInputElement).checked })}>${t("replace")}</label>`}
      ${this.told && !this.told.field ? html`<p class="error foreign" role="alert">${this.told.text}</p>` : nothing}
      <div class="row end">
        <a class="button" href=${this.spec ? agentLink(draft.name) : "#/agents"}>${t("cancel")}</a>
        <button class="primary" ?disabled=${this.busy}>${t(this.busy ? "busy" : this.spec ? "save" : "spawn")}</button>
      </div>
    </form>`;
  }

  private code(): TemplateResult {
    return html`<div class="field"><label>${t("code")}</label>
      <wz-code-editor .label=${t("code")} .value=${this.draft.code} .wrong=${this.problem("code") !== ""}
        @input=${(event: Event) => this.take({ code: (event.target as HTMLElement & { value: string }).value })}></wz-code-editor>
      ${this.below("code", t("codeHint"))}</div>`;
  }

  private grants(): TemplateResult {
    const { draft } = this;
    const some = [draft.publish, draft.subscribe, draft.http, draft.agents].some(Boolean) || draft.model;
    const isWrong = (["publish", "subscribe", "http", "agents"] as const).some((field) => this.problem(field));
    return html`<details class="card" ?open=${some || isWrong}><summary>${t("grants")}</summary>
      <p class="small muted">${t("grantsHint")}</p>
      <div class="two">${this.area("publish", "publishHint")} ${this.area("subscribe", "subscribeHint")}
        ${this.area("http", "httpHint")} ${this.area("agents", "agentsHint")}</div>
      <label class="choice"><input type="checkbox" .checked=${draft.model} @change=${(event: Event) => this.take({ model: (event.target as HTMLInputElement).checked })}>${t("model")}</label>
    </details>`;
  }

  private limits(): TemplateResult {
    const { draft } = this;
    const now = Date.now() / 1000;
    const isWrong = (["memory", "cpu", "install", "node"] as const).some((field) => this.problem(field));
    return html`<details class="card" ?open=${isWrong || draft.install !== "" || nodes.size > 1}><summary>${t("limits")}</summary>
      <div class="two">${this.text("memory", { isNumber: true })} ${this.text("cpu", { isNumber: true })}
        <div class="field"><label for="node">${t("node")}</label><select id="node" @change=${(event: Event) => this.take({ node: (event.target as HTMLSelectElement).value })}>
          <option value="">${t("mainMachine")}</option>${nodes
            .all()
            .filter((node) => node.node !== "local")
            .map(
              (node) =>
                html`<option value=${node.node} ?selected=${node.node === draft.node}>${node.node}${isOnline(node, now) ? "" : ` (${t("offline")})`}</option>`,
            )}
        </select>${this.below("node")}</div>
        ${draft.type === "dynamic" ? this.area("install", "installHint") : nothing}</div>
    </details>`;
  }

  private text(field: TextField, { isNumber = false, isFixed = false } = {}): TemplateResult {
    const hint = field === "name" ? t("nameHint") : field === "description" ? t("descriptionHint") : "";
    return html`<div class="field"><label for=${field}>${t(field as "name")}</label>
      <input id=${field} .value=${this.draft[field]} ?readonly=${isFixed} inputmode=${isNumber ? "decimal" : "text"} autocomplete="off" spellcheck=${field === "description"}
        aria-invalid=${this.problem(field) !== ""} @input=${(event: Event) => this.take({ [field]: (event.target as HTMLInputElement).value })}>
      ${this.below(field, hint)}</div>`;
  }

  private area(field: TextField, hint: Parameters<typeof t>[0], rows = 2): TemplateResult {
    return html`<div class="field"><label for=${field}>${t(field as "name")}</label>
      <textarea id=${field} rows=${rows} spellcheck="false" .value=${this.draft[field]} aria-invalid=${this.problem(field) !== ""}
        @input=${(event: Event) => this.take({ [field]: (event.target as HTMLTextAreaElement).value })}></textarea>
      ${this.below(field, t(hint))}</div>`;
  }

  private below(field: Field, hint = ""): TemplateResult {
    const problem = this.problem(field);
    return problem
      ? html`<p class="small wrong foreign" role="alert">${problem}</p>`
      : html`<p class="small muted">${hint}</p>`;
  }

  private problem(field: Field): string {
    const fault = this.wrong[field];
    if (fault) return t(fault);
    return this.told?.field === field ? this.told.text : "";
  }

  private take(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    if (Object.keys(this.wrong).length) this.wrong = faults(this.draft);
    this.told = null;
    this.key = crypto.randomUUID();
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    this.wrong = faults(this.draft);
    if (Object.keys(this.wrong).length) void this.showFault();
    else void this.send();
  };

  private async send(): Promise<void> {
    this.busy = true;
    this.told = null;
    try {
      const body = specOf(this.draft, this.spec ?? {});
      this.settle(await call("POST /api/agents", { body, headers: { "idempotency-key": this.key } }));
    } catch (error) {
      const text = sentenceOf(error);
      this.told = { text, field: fieldOf(text) };
      this.key = crypto.randomUUID();
      void this.showFault();
    }
    this.busy = false;
  }

  private settle({ status, name }: SpawnResult): void {
    reloadSoon();
    if (status === "already_running") {
      this.told = { text: t("exists", { name }), field: "name" };
      return;
    }
    if (status === "needs_approval") toast(t("needsApproval", { name }), "warn");
    else toast(t(status, { name }), status === "running" ? "good" : "info");
    location.hash = status === "needs_approval" ? "#/agents" : agentLink(name);
  }

  private async showFault(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    form { max-width: 900px; }
    .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); gap: 10px 14px; }
    .field label { margin-bottom: 4px; } fieldset { border: 0; padding: 0; margin: 0; gap: 18px; } legend { font-size: 13px; color: var(--muted); padding: 0; }
    .choice { display: inline-flex; align-items: center; gap: 8px; font-size: 15px; color: var(--text); min-height: 32px; }
    .wrong { color: var(--bad); } [aria-invalid="true"] { border-color: var(--bad); }
    textarea { min-height: 56px; font-family: var(--mono); font-size: 13px; } #systemPrompt { font: inherit; }
    summary { cursor: pointer; font-weight: 600; } details[open] summary { margin-bottom: 8px; } details > p { margin-bottom: 8px; }
    .end { justify-content: flex-end; }
  `;
}

customElements.define("wz-spawn-form", SpawnForm);
