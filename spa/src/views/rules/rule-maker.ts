import { css, html, nothing, type TemplateResult } from "lit";
import type { BacktestReport, RuleResult } from "../../contracts/rest";
import { isNotYet, sentenceOf } from "../../gateway/errors";
import { dollars } from "../../i18n/texts";
import { backtest, makeRule, previewRule } from "../../state/rules";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import "./backtest-chart";
import { t } from "./edit-texts";

const TRIED_DAYS = 7;
const KEPT = "wactorz.rule.sentence";
const TRIES = 15;
const TRIED_EVERY_MS = 2_000;

/** A sentence, what it would be as a rule, and then the rule. */
export class RuleMaker extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    welcome: { type: Boolean },
    sentence: { state: true },
    result: { state: true },
    past: { state: true },
    problem: { state: true },
    busy: { state: true },
    isEarly: { state: true },
  };

  /** Show examples to begin with. */
  welcome = false;

  private sentence = "";
  private result: RuleResult | null = null;
  private past: BacktestReport | null = null;
  private problem = "";
  private busy = false;
  private isEarly = false;
  private asking: AbortController | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.sentence = sessionStorage.getItem(KEPT) ?? "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.giveUp();
  }

  protected override render(): TemplateResult {
    return html`<section class="card stack">
      <form @submit=${this.submit}>
        <label for="sentence">${t("say")}</label>
        <div class="row ask">
          <input id="sentence" class="grow" autocomplete="off" maxlength="2000" placeholder=${t("placeholder")} .value=${this.sentence} @input=${this.typed}>
          <button class="primary" ?disabled=${this.busy || !this.sentence.trim()}>${this.busy ? t("previewing") : t("preview")}</button>
        </div>
      </form>
      ${this.welcome && !this.result ? this.examples() : nothing}
      ${this.isEarly ? html`<p class="small muted" role="status">${t("early")}</p>` : nothing}
      ${this.problem ? html`<p class="error foreign" role="alert">${this.problem}</p>` : nothing}
      ${this.result ? this.preview(this.result) : nothing}
    </section>`;
  }

  private examples(): TemplateResult {
    const one = (words: string): TemplateResult =>
      html`<button class="example" @click=${() => void this.read(words)}>${words}</button>`;
    return html`<div class="row">${one(t("example1"))}${one(t("example2"))}${one(t("example3"))}</div>`;
  }

  private preview(result: RuleResult): TemplateResult {
    const { rule } = result;
    return html`<div class="preview stack" role="status">
      <p class="small muted">${result.existed ? t("exists") : `${t("wouldBe")}. ${t("nothingYet")}`}</p>
      <p class="words foreign">${rule.summary || rule.task}</p>
      ${rule.opens ? html`<p class="badge warn">${icon("lock", 14)}<span class="foreign">${rule.opens}</span></p>` : nothing}
      ${result.source !== "rules" ? html`<p class="small muted">${t("byModel", { cost: dollars(result.cost_usd ?? 0) })}</p>` : nothing}
      ${this.past ? html`<wz-backtest-chart .report=${this.past} compact></wz-backtest-chart>` : nothing}
      ${result.yaml ? html`<details><summary class="small">${t("asYaml")}</summary><pre class="foreign">${result.yaml}</pre></details>` : nothing}
      <div class="row">${
        result.existed
          ? html`<a class="button primary" href="#/rules/${rule.rule_id}">${t("open")}</a>`
          : html`<button class="primary" ?disabled=${this.busy} @click=${() => void this.enable(result)}>${icon("check", 18)}${t("enable")}</button>
            <button @click=${() => this.change(result)}>${icon("edit", 16)}${t("asForm")}</button>`
      }<button class="quiet" @click=${() => this.drop()}>${t("discard")}</button></div>
    </div>`;
  }

  private typed(event: Event): void {
    this.sentence = (event.target as HTMLInputElement).value;
    sessionStorage.setItem(KEPT, this.sentence);
    this.giveUp();
  }

  private submit(event: Event): void {
    event.preventDefault();
    void this.read(this.sentence);
  }

  private async read(sentence: string): Promise<void> {
    if (!sentence.trim() || this.busy) return;
    Object.assign(this, { sentence, result: null, past: null, problem: "", busy: true });
    const asking = new AbortController();
    const { signal } = asking;
    this.asking = asking;
    try {
      const result = await this.previewed(sentence.trim(), signal);
      this.result = result;
      const past = await backtest({ draft: result.rule.draft }, TRIED_DAYS).catch(() => null); // not every trigger has a past
      if (this.result === result) this.past = past;
    } catch (error) {
      if (!signal.aborted) this.problem = sentenceOf(error);
    }
    if (!signal.aborted) this.giveUp();
  }

  /** End a preview that is under way: nobody waits for it any more, and a model may be at work for it. */
  private giveUp(): void {
    if (!this.asking) return;
    this.asking.abort();
    Object.assign(this, { asking: null, isEarly: false, busy: false });
  }

  private async previewed(sentence: string, signal: AbortSignal): Promise<RuleResult> {
    for (let left = TRIES; ; left -= 1) {
      try {
        return await previewRule(sentence, undefined, signal);
      } catch (error) {
        if (!isNotYet(error) || !left || signal.aborted) throw error;
        this.isEarly = true;
        const wait = error.retryAfter * 1_000 || TRIED_EVERY_MS;
        await new Promise((resume) => setTimeout(resume, wait));
      }
    }
  }

  private async enable(result: RuleResult): Promise<void> {
    this.busy = true;
    try {
      const { rule } = await makeRule(result.rule.task, result.rule.draft);
      toast(t(rule.status === "proposed" ? "enabledWaits" : "enabled"), rule.status === "proposed" ? "warn" : "good");
      this.drop();
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.busy = false;
  }

  private change(result: RuleResult): void {
    sessionStorage.setItem("wactorz.rule.draft", JSON.stringify({ task: result.rule.task, draft: result.rule.draft }));
    location.hash = "#/rules/new/form";
  }

  private drop(): void {
    sessionStorage.removeItem(KEPT);
    this.giveUp();
    Object.assign(this, { sentence: "", result: null, past: null, problem: "" });
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .ask { flex-wrap: nowrap; margin-top: 4px; } #sentence { min-height: 42px; font-size: 16px; } .ask button { min-height: 42px; }
    .example { border-style: dashed; font-size: 13px; white-space: normal; text-align: start; padding: 5px 12px; }
    .preview { border-top: 1px solid var(--line); padding-top: 12px; }
    .words { font-size: 18px; line-height: 1.4; font-weight: 600; }
    .badge { white-space: normal; justify-self: start; }
    a.button.primary { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
    summary { cursor: pointer; color: var(--muted); } details pre { margin-top: 8px; }
    @media (max-width: 500px) { .ask { flex-direction: column; align-items: stretch; } }
  `;
}

customElements.define("wz-rule-maker", RuleMaker);
