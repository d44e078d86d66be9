import { css, html, type TemplateResult } from "lit";
import type { RuleDraft } from "../../contracts/rest";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { emptyAction, emptyCondition, emptyNotice, emptyTask } from "./drafts";
import { t } from "./edit-texts";
import { actionRow, conditionRow, noticeRow, taskRow } from "./form-rows";
import { triggerFields } from "./form-trigger";
import { duration, type Field } from "./form-widgets";
import type { NamedEntity } from "./names";

type Lists = "conditions" | "actions" | "notices" | "tasks";

/** A rule as fields. Fires `change` with the draft and the sentence. */
export class RuleForm extends Element {
  static override styles = [shared, styles()];
  static override properties = { draft: { attribute: false }, task: { attribute: false }, known: { attribute: false } };

  draft!: RuleDraft;
  task = "";
  known: ReadonlyMap<string, NamedEntity> = new Map();

  protected override render(): TemplateResult {
    const { draft, known } = this;
    const options = [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
    return html`
      <datalist id="entities">${options.map((one) => html`<option value=${one.entity_id}>${one.name}</option>`)}</datalist>
      <label>${t("sentence")}<input .value=${this.task} maxlength="2000" placeholder=${t("sentenceHelp")} @input=${(
        event: Event,
      ) => {
        this.task = (event.target as HTMLInputElement).value;
        this.tell();
      }}></label>
      <fieldset><legend>${t("when")}</legend>${triggerFields(draft.trigger, known, (trigger) => this.put({ trigger }))}</fieldset>
      <fieldset><legend>${t("onlyIf")}</legend>
        ${(draft.conditions ?? []).map((one, index) => this.row("conditions", index, conditionRow(one, known, this.setter("conditions", index))))}
        ${this.adder("conditions", t("addCondition"), emptyCondition())}</fieldset>
      <fieldset><legend>${t("thenDo")}</legend>
        ${(draft.actions ?? []).map((one, index) => this.row("actions", index, actionRow(one, known, this.setter("actions", index))))}
        ${(draft.notices ?? []).map((one, index) => this.row("notices", index, noticeRow(one, this.setter("notices", index))))}
        ${(draft.tasks ?? []).map((one, index) => this.row("tasks", index, taskRow(one, this.setter("tasks", index))))}
        <div class="row">${this.adder("actions", t("addAction"), emptyAction())}${this.adder("notices", t("addNotice"), emptyNotice())}${this.adder("tasks", t("addTask"), emptyTask())}</div></fieldset>
      <fieldset><legend>${t("limits")}</legend>${this.limits()}</fieldset>`;
  }

  private limits(): TemplateResult {
    const { draft } = this;
    const hour = (label: string, key: "start" | "end"): TemplateResult =>
      html`<label>${label}<input type="time" .value=${draft.hours?.[key] ?? ""} @change=${(event: Event) => {
        this.put({ hours: { ...draft.hours, [key]: (event.target as HTMLInputElement).value } });
      }}></label>`;
    const isClock = draft.trigger.kind === "time" || draft.trigger.kind === "sun" || draft.trigger.kind === "interval";
    return html`<div class="row fields">
      ${duration(t("cooldown"), draft.cooldown_seconds ?? 10, (seconds) => this.put({ cooldown_seconds: seconds }))}
      ${hour(t("hoursFrom"), "start")}${hour(t("hoursTo"), "end")}
      ${
        isClock
          ? html`<label>${t("missed")}<select @change=${(event: Event) =>
              this.put({ missed: (event.target as HTMLSelectElement).value as "skip" | "catch_up" })}>
              ${(["skip", "catch_up"] as const).map((one) => html`<option value=${one} ?selected=${one === (draft.missed ?? "skip")}>${t(one)}</option>`)}</select></label>`
          : html`<label class="row check"><input type="checkbox" .checked=${draft.fires_if_already_true ?? false} @change=${(
              event: Event,
            ) =>
              this.put({ fires_if_already_true: (event.target as HTMLInputElement).checked })}>${t("already")}</label>`
      }</div>`;
  }

  private row(list: Lists, index: number, fields: TemplateResult): TemplateResult {
    const drop = (): void =>
      this.put({ [list]: (this.draft[list] ?? []).filter((_: unknown, at: number) => at !== index) });
    return html`<div class="row item">${fields}<button type="button" class="quiet icon" title=${t("remove")} aria-label=${t("remove")} @click=${drop}>${icon("close", 16)}</button></div>`;
  }

  private adder(list: Lists, label: string, empty: object): TemplateResult {
    const add = (): void => this.put({ [list]: [...(this.draft[list] ?? []), empty] });
    return html`<button type="button" class="add" @click=${add}>${icon("plus", 16)}${label}</button>`;
  }

  private setter<T extends object>(list: Lists, index: number): Field<T> {
    return (change) => {
      const rows = [...((this.draft[list] ?? []) as readonly object[])];
      rows[index] = { ...rows[index], ...change };
      this.put({ [list]: rows });
    };
  }

  private put(change: Partial<RuleDraft>): void {
    this.draft = { ...this.draft, ...change };
    this.tell();
  }

  private tell(): void {
    this.dispatchEvent(new CustomEvent("change", { detail: { draft: this.draft, task: this.task } }));
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; gap: 14px; }
    fieldset { border: 1px solid var(--line); border-radius: var(--radius); padding: 8px 14px 14px; margin: 0; display: grid; gap: 10px; min-width: 0; }
    legend { font-weight: 650; padding: 0 6px; }
    .fields { align-items: end; gap: 10px; } .fields > label { flex: 1 1 150px; max-width: 320px; }
    .item { flex-wrap: nowrap; align-items: end; padding-bottom: 10px; border-bottom: 1px dashed var(--line); } .item > .fields { flex: 1; min-width: 0; }
    .add { border-style: dashed; justify-self: start; font-size: 14px; }
    .fields > .check { gap: 8px; min-height: 36px; flex-wrap: nowrap; max-width: none; flex-basis: 260px; } .days { gap: 4px; } .day { min-height: 32px; padding: 0 9px; font-size: 13px; } .day[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
    .pair { display: grid; grid-template-columns: 1fr auto; gap: 4px; } .pair select { width: auto; }
    .data { flex-basis: 100%; font-size: 12.5px; }
    @media (max-width: 600px) { .fields > label { flex-basis: 100%; max-width: none; } }
  `;
}

customElements.define("wz-rule-form", RuleForm);
