import { css, html, nothing, type TemplateResult } from "lit";
import type { BacktestReport, RuleExplanation } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { backtest, whyNot } from "../../state/rules";
import { may } from "../../state/session";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import "./backtest-chart";
import { t } from "./texts";

const HOUR = 3_600;
const DAYS = [1, 7, 14, 30] as const;

/** What a rule would have done in the past, and why it did not act at a time. */
export class RulePast extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    ruleId: { attribute: false },
    report: { state: true },
    explanation: { state: true },
    problem: { state: true },
    busy: { state: true },
    days: { state: true },
    from: { state: true },
    to: { state: true },
  };

  ruleId = "";

  private report: BacktestReport | null = null;
  private explanation: RuleExplanation | null = null;
  private problem = "";
  private busy = "";
  private days = 7;
  private from = local(Date.now() - 24 * HOUR * 1000);
  private to = local(Date.now());

  protected override render(): TemplateResult {
    return html`<div class="pair">${may("user") ? this.past() : nothing}${this.why()}</div>
      ${this.problem ? html`<p class="error foreign" role="alert">${this.problem}</p>` : nothing}`;
  }

  private past(): TemplateResult {
    return html`<section class="card stack"><h3>${t("backtest")}</h3><p class="small muted">${t("backtestText")}</p>
      <div class="row"><select aria-label=${t("backtest")} @change=${(event: Event) => {
        this.days = Number((event.target as HTMLSelectElement).value);
      }}>${DAYS.map((days) => html`<option value=${days} ?selected=${days === this.days}>${daysWords(days)}</option>`)}</select>
      <button class="primary" ?disabled=${this.busy !== ""} @click=${() => void this.try()}>${t("run")}</button></div>
      ${this.report ? html`<wz-backtest-chart .report=${this.report}></wz-backtest-chart>` : nothing}
    </section>`;
  }

  private why(): TemplateResult {
    const preset = (label: "hour" | "day" | "week", hours: number): TemplateResult =>
      html`<button class="chip" @click=${() => this.last(hours)}>${t(label)}</button>`;
    const field = (label: "from" | "to"): TemplateResult =>
      html`<label class="grow">${t(label)}<input type="datetime-local" .value=${this[label]} @change=${(
        event: Event,
      ) => {
        this[label] = (event.target as HTMLInputElement).value;
      }}></label>`;
    return html`<section class="card stack"><h3>${t("whyNot")}</h3><p class="small muted">${t("whyNotText")}</p>
      <div class="row">${preset("hour", 1)}${preset("day", 24)}${preset("week", 168)}</div>
      <div class="row">${field("from")}${field("to")}</div>
      <div class="row"><button class="primary" ?disabled=${this.busy !== ""} @click=${() => void this.ask()}>${t("ask")}</button></div>
      ${this.explanation ? html`<p class="answer foreign" role="status">${this.explanation.text}</p>` : nothing}
    </section>`;
  }

  private last(hours: number): void {
    this.from = local(Date.now() - hours * HOUR * 1000);
    this.to = local(Date.now());
    void this.ask();
  }

  private async try(): Promise<void> {
    await this.doing("past", async () => {
      this.report = await backtest({ rule_id: this.ruleId }, this.days);
    });
  }

  private async ask(): Promise<void> {
    await this.doing("why", async () => {
      const [start, end] = [new Date(this.from).getTime() / 1000, new Date(this.to).getTime() / 1000];
      this.explanation = await whyNot(this.ruleId, start, end);
    });
  }

  private async doing(what: string, deed: () => Promise<void>): Promise<void> {
    this.busy = what;
    this.problem = "";
    try {
      await deed();
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.busy = "";
  }
}

function daysWords(days: (typeof DAYS)[number]): string {
  if (days === 1) return t("day");
  return days === 30 ? t("month") : t("week").replace("7", String(days));
}

function local(milliseconds: number): string {
  const date = new Date(milliseconds);
  return new Date(milliseconds - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function styles(): ReturnType<typeof css> {
  return css`
    .pair { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); align-items: start; }
    select { width: auto; } .chip { min-height: 30px; padding: 0 10px; border-radius: 99px; font-size: 13px; }
    .answer { background: var(--sunken); border-radius: var(--radius-small); padding: 10px 12px; white-space: pre-wrap; }
    .error { margin-top: 12px; }
  `;
}

customElements.define("wz-rule-past", RulePast);
