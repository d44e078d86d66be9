import { css, html, nothing, svg, type TemplateResult } from "lit";
import type { BudgetLimit, BudgetState } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { dollars, moment } from "../../i18n/texts";
import { agents } from "../../state/agents";
import { resetBudget, setBudget } from "../../state/costs";
import { may } from "../../state/session";
import { confirmDialog } from "../../ui/dialog";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { usage } from "./shares";
import { t } from "./texts";

type Scope = NonNullable<BudgetLimit["scope"]>;

/** Budgets as bars, and the form that sets one. Fires `change`. */
export class BudgetList extends Element {
  static override styles = [shared, styles()];
  static override properties = { budgets: { attribute: false }, isOpen: { state: true }, scope: { state: true } };

  budgets: readonly BudgetState[] = [];

  private isOpen = false;
  private scope: Scope = "all";

  protected override render(): TemplateResult {
    return html`<section class="card stack"><div class="row spread"><h2>${t("budgets")}</h2>
        ${may("admin") ? html`<button aria-expanded=${this.isOpen} @click=${() => this.turn()}>${icon("plus", 16)}${t("set")}</button>` : nothing}</div>
      <p class="small muted">${t("budgetsText")}</p>
      ${this.isOpen ? this.form() : nothing}
      ${this.budgets.length ? this.budgets.map((budget) => this.budget(budget)) : html`<p>${t("noBudget")}</p>`}
    </section>`;
  }

  private budget(budget: BudgetState): TemplateResult {
    const { limit } = budget;
    const used = usage(budget);
    const facts = [
      budget.held_usd ? t("held", { held: dollars(budget.held_usd) }) : "",
      budget.counted_since ? t("since", { when: moment(budget.counted_since) }) : "",
    ];
    const words = t("of", { spent: dollars(budget.spent_usd), limit: dollars(limit.limit_usd) });
    return html`<div class="budget">
      <div class="row spread"><span><b class="foreign">${nameOf(limit)}</b> <span class="muted">${t(limit.period ?? "daily")}</span></span>
        <span class="row">${used.tone === "bad" ? html`<span class="badge bad">${t("usedUp")}</span>` : nothing}<b class="figure">${words}</b></span></div>
      <svg class=${used.tone} viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label=${words}>${svg`<rect class="all" width="100" height="1"></rect><rect class="spent" width=${used.spent * 100} height="1"></rect><rect class="held" x=${used.spent * 100} width=${used.held * 100} height="1"></rect>`}</svg>
      <div class="row spread"><span class="small muted">${facts.filter(Boolean).join(" · ")}</span>${may("admin") ? this.buttons(limit) : nothing}</div>
    </div>`;
  }

  private buttons(limit: BudgetLimit): TemplateResult {
    return html`<span class="row"><button class="quiet small" @click=${() => void this.reset(limit)}>${t("reset")}</button>
      <button class="quiet small" @click=${() => void this.put({ ...limit, limit_usd: 0 })}>${t("take")}</button></span>`;
  }

  private form(): TemplateResult {
    const scopes: readonly (readonly [Scope, string])[] = [
      ["all", t("everything")],
      ["agent", t("onlyAgent")],
      ["tree", t("treeScope")],
    ];
    return html`<form class="row" @submit=${this.submit}>
      <label>${t("limit")}<input name="limit" type="number" min="0.01" step="0.01" required inputmode="decimal"></label>
      <label>${t("period")}<select name="period">${(["daily", "weekly", "monthly"] as const).map((period) => html`<option value=${period} ?selected=${period === "monthly"}>${t(period)}</option>`)}</select></label>
      <label>${t("scope")}<select name="scope" @change=${(event: Event) => {
        this.scope = (event.target as HTMLSelectElement).value as Scope;
      }}>${scopes.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select></label>
      ${this.scope === "all" ? nothing : html`<label>${t("agent")}<input name="agent" list="agents" required><datalist id="agents">${agents.all().map((agent) => html`<option value=${agent.name}></option>`)}</datalist></label>`}
      <button class="primary">${t("save")}</button></form>`;
  }

  private turn(): void {
    this.isOpen = !this.isOpen;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const period = String(form.get("period")) as NonNullable<BudgetLimit["period"]>;
    const agent = String(form.get("agent") ?? "");
    await this.put({ limit_usd: Number(form.get("limit")), period, scope: this.scope, agent });
    this.isOpen = false;
  }

  private async put(limit: BudgetLimit): Promise<void> {
    await this.trying(async () => {
      await setBudget(limit);
      if (limit.limit_usd) toast(t("saved"), "good");
    });
  }

  private async reset(limit: BudgetLimit): Promise<void> {
    if (!(await confirmDialog({ title: t("resetTitle"), text: t("resetText"), confirm: t("reset") }))) return;
    await this.trying(() => resetBudget(limit));
  }

  private async trying(deed: () => Promise<void>): Promise<void> {
    try {
      await deed();
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      toast(sentenceOf(error), "bad");
    }
  }
}

function nameOf(limit: BudgetLimit): string {
  if (limit.scope === "tree") return t("tree", { agent: limit.agent ?? "" });
  return limit.scope === "agent" ? (limit.agent ?? "") : t("everything");
}

function styles(): ReturnType<typeof css> {
  return css`
    .budget { display: grid; gap: 6px; padding-top: 8px; border-top: 1px solid var(--line); } .figure { font-variant-numeric: tabular-nums; }
    svg { display: block; width: 100%; height: 12px; border-radius: 6px; overflow: hidden; } .all { fill: var(--sunken); }
    .good .spent { fill: var(--good); } .warn .spent { fill: var(--warn); } .bad .spent { fill: var(--bad); } .held { fill: var(--muted); opacity: 0.5; }
    form { align-items: end; background: var(--sunken); padding: 12px; border-radius: var(--radius-small); } form label { flex: 1 1 140px; }
    button.small { min-height: 30px; padding: 0 10px; color: var(--muted); }
  `;
}

customElements.define("wz-budget-list", BudgetList);
