import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { Plan, PlanStep } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { dollars, moment, span } from "../../i18n/texts";
import { clearPlans, decidePlan, followPlans, loadPlans, plans, plansKnown } from "../../state/plans";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { t } from "./plan-texts";
import { attempt } from "./rule-deeds";

const LOOK_MS = 4_000;
const TONES: Readonly<Record<string, string>> = {
  running: "accent",
  proposed: "warn",
  done: "good",
  failed: "bad",
  unknown: "warn",
};

/** Plans of late with their steps. */
export class PlanList extends Element {
  static override styles = [shared, styles()];
  static override properties = { problem: { state: true } };

  private problem = "";
  private end: () => void = () => {};

  protected override follows(): readonly Observable[] {
    return [plans, plansKnown, session];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.end = followPlans();
    this.every(LOOK_MS, () => plans.all().some((plan) => plan.status === "running") && void this.load());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override render(): TemplateResult {
    const all = plans.all();
    if (this.problem) return html`<p class="error" role="alert">${this.problem}</p>`;
    if (!plansKnown.value) return html`<p class="empty" role="status">${t("loading")}</p>`;
    if (!all.length) return html`<div class="empty"><h2>${t("none")}</h2><p>${t("noneText")}</p></div>`;
    return html`<div class="stack">
      ${may("user") ? html`<div class="row"><button @click=${() => void attempt(clearPlans)}>${icon("trash", 16)}${t("clear")}</button></div>` : nothing}
      ${repeat(
        all,
        (plan) => plan.plan_id,
        (plan) => this.plan(plan),
      )}</div>`;
  }

  private plan(plan: Plan): TemplateResult {
    const done = plan.steps.filter((step) => step.status === "done").length;
    const facts = [
      moment(plan.created_at),
      t("progress", { done, all: plan.steps.length }),
      plan.cost_usd ? dollars(plan.cost_usd) : "",
      plan.cached ? t("cached") : "",
    ];
    return html`<section class="card stack">
      <div class="row spread"><span class="badge ${TONES[plan.status] ?? ""}"><span class="dot"></span>${t(plan.status)}</span>${this.buttons(plan)}</div>
      <h2 class="foreign">${plan.task}</h2>
      <p class="small muted">${facts.filter(Boolean).join(" · ")}</p>
      <progress max=${plan.steps.length || 1} value=${done} aria-label=${facts[1] ?? ""}></progress>
      <ol>${plan.steps.map((step) => this.step(step))}</ol>
      ${plan.note ? html`<p class="small foreign">${plan.note}</p>` : nothing}
      ${plan.answer ? html`<p class="answer foreign">${plan.answer}</p>` : nothing}
    </section>`;
  }

  private step(step: PlanStep): TemplateResult {
    const status = step.status ?? "waiting";
    const facts = [
      step.depends_on?.length ? t("after", { steps: step.depends_on.join(", ") }) : "",
      step.spawn_config ? t("spawns") : "",
      step.by_model ? t("byModel") : "",
      step.seconds ? span(step.seconds) : "",
    ];
    return html`<li class=${status}><span class="number">${step.step}</span>
      <div class="grow"><p><b class="foreign">${step.agent}</b> <span class="badge ${TONES[status] ?? ""}">${t(status)}</span> <span class="small muted">${facts.filter(Boolean).join(" · ")}</span></p>
        <p class="small foreign task">${step.task}</p>
        ${step.result ? html`<p class="small foreign result">${step.result}</p>` : nothing}
        ${step.error ? html`<p class="small foreign wrong">${step.error}</p>` : nothing}</div></li>`;
  }

  private buttons(plan: Plan): TemplateResult | typeof nothing {
    if (!may("user")) return nothing;
    const button = (decision: "approve" | "reject" | "cancel", look = ""): TemplateResult =>
      html`<button class=${look} @click=${() => void attempt(() => decidePlan(plan.plan_id, decision))}>${t(decision)}</button>`;
    if (plan.status === "proposed")
      return html`<div class="row">${button("approve", "primary")}${button("reject")}</div>`;
    return plan.status === "running" ? button("cancel", "danger") : nothing;
  }

  private async load(): Promise<void> {
    try {
      await loadPlans();
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px; }
    li { display: flex; gap: 12px; padding: 8px 0; border-top: 1px solid var(--line); }
    .number { flex: none; width: 26px; height: 26px; border-radius: 50%; display: grid; place-content: center; background: var(--sunken); font-size: 13px; font-weight: 600; }
    li.done .number { background: var(--good-soft); color: var(--good); } li.failed .number { background: var(--bad-soft); color: var(--bad); } li.running .number { background: var(--accent-soft); color: var(--accent); }
    .task { color: var(--muted); } .wrong { color: var(--bad); } .result, .answer { white-space: pre-wrap; }
    .answer { background: var(--sunken); border-radius: var(--radius-small); padding: 10px 12px; }
    progress { width: 100%; height: 6px; accent-color: var(--accent); }
  `;
}

customElements.define("wz-plan-list", PlanList);
