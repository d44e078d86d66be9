import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Approval } from "../../contracts/rest";
import { sentenceOf } from "../../gateway/errors";
import { approvals, decide, dismiss, ended, expireApprovals, serverNow } from "../../state/approvals";
import { may } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { approvalStyles } from "./approval-styles";
import { detailTemplate } from "./detail";
import { clock, ring } from "./ring";
import { summaryOf } from "./telling";
import { t } from "./texts";

const TICK_MS = 500;
const NOT_BY_ACCIDENT_MS = 500;
const KINDS = new Set(["actuation", "spawn", "automation", "grant", "policy"]);
const TONES = { approved: "good", denied: "info", expired: "warn", taken: "info" } as const;

/** Asks for a yes above every view whenever something waits for one; silence is a no. */
export class ApprovalsHost extends Element {
  static override styles = [shared, approvalStyles()];
  static override properties = { place: { state: true }, later: { state: true }, busy: { state: true }, problem: {} };

  problem = "";
  private place = 0;
  private later: ReadonlySet<string> = new Set();
  private busy = false;
  private shown = "";
  private shownAt = 0;
  private cameFrom: HTMLElement | null = null;

  protected override follows(): readonly Observable[] {
    return [approvals, ended];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(TICK_MS, () => {
      if (!approvals.size) return;
      expireApprovals(serverNow());
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const open = approvals.all();
    const asked = open.filter((one) => !this.later.has(one.id));
    const one = asked[Math.min(this.place, asked.length - 1)];
    return html`${one ? this.dialog(one, asked) : nothing}${open.length && !one ? this.pill(open) : nothing}`;
  }

  protected override updated(_: PropertyValues): void {
    this.tellEnded();
    const dialog = this.renderRoot.querySelector("dialog");
    if (!dialog) {
      if (this.shown) this.cameFrom?.focus(); // where the person was
      this.shown = "";
      return;
    }
    if (!dialog.open) {
      this.cameFrom = focused();
      dialog.showModal();
    }
    const id = dialog.dataset["id"] ?? "";
    if (id === this.shown) return;
    this.shown = id;
    this.shownAt = Date.now();
    this.problem = "";
    this.focusHeading();
  }

  private dialog(one: Approval, asked: readonly Approval[]): TemplateResult {
    const left = one.expires_at - serverNow();
    const kind = KINDS.has(one.kind) ? one.kind : "other";
    return html`<dialog role="alertdialog" aria-labelledby="title" aria-describedby="what" data-id=${one.id} @cancel=${this.setAside} @keydown=${this.pressed}>
      <div class="row asked">
        <div class="grow"><p class="small muted" id="title">${t(kind)}</p>
          <h2 id="what" tabindex="-1" class="foreign">${summaryOf(one)}</h2>
          <p class="small muted foreign">${this.who(one)}</p></div>
        ${ring(left, one.expires_at - one.created_at, t("left", { time: clock(left) }))}
      </div>
      <div class="body stack">${detailTemplate(one)}</div>
      ${this.problem ? html`<p class="error" role="alert">${this.problem}</p>` : nothing}
      ${may("user") ? this.answers(one) : html`<p class="small muted">${t("reading")}</p>`}
      <div class="row spread small muted end">
        <span>${t("silence")}</span>
        <span class="row">${asked.length > 1 ? this.queue(asked.length) : nothing}
          <button class="quiet" @click=${this.setAside}>${t(may("user") ? "later" : "close")}</button></span>
      </div>
    </dialog>`;
  }

  private answers(one: Approval): TemplateResult {
    return html`<form class="row answers" @submit=${(event: Event) => {
      event.preventDefault();
      void this.answer(one, "approve");
    }}>
      ${one.needs_pin ? this.pinField() : nothing}
      <button type="button" class="no" ?disabled=${this.busy} @click=${() => void this.answer(one, "deny")}>${icon("close", 18)} ${t("no")}</button>
      <button class="primary yes" ?disabled=${this.busy}>${icon("check", 18)} ${t(this.busy ? "working" : "yes")}</button>
    </form>`;
  }

  private pinField(): TemplateResult {
    return html`<label class="pin">${t("pinHint")}<input type="password" inputmode="numeric" autocomplete="off" maxlength="64" required placeholder=${t("pin")} aria-label=${t("pin")}></label>`;
  }

  private queue(count: number): TemplateResult {
    const at = Math.min(this.place, count - 1);
    const step = (by: number) => (): void => {
      this.place = (at + by + count) % count;
    };
    return html`<button class="quiet icon back" aria-label=${t("before")} title=${t("before")} @click=${step(-1)}>${icon("chevron", 16)}</button>
      <span aria-live="polite">${t("of", { number: at + 1, count })}</span>
      <button class="quiet icon" aria-label=${t("next")} title=${t("next")} @click=${step(1)}>${icon("chevron", 16)}</button>`;
  }

  private pill(open: readonly Approval[]): TemplateResult {
    const left = Math.min(...open.map((one) => one.expires_at)) - serverNow();
    return html`<button class="pill" @click=${() => {
      this.later = new Set();
    }}>${icon("shield", 18)} ${t(open.length === 1 ? "waits" : "wait", { count: open.length })} · ${clock(left)}</button>`;
  }

  private who(one: Approval): string {
    const who = one.requested_by || one.agent;
    return who === one.agent ? t("wanted", { who }) : t("through", { who, agent: one.agent });
  }

  private async answer(one: Approval, decision: "approve" | "deny"): Promise<void> {
    const field = this.renderRoot.querySelector<HTMLInputElement>(".pin input");
    if (this.busy || Date.now() - this.shownAt < NOT_BY_ACCIDENT_MS) return;
    this.busy = true;
    this.problem = "";
    try {
      await decide(one, decision, decision === "approve" ? (field?.value.trim() ?? "") : "");
    } catch (error) {
      this.problem = sentenceOf(error);
      if (field) field.value = "";
      field?.focus();
    } finally {
      this.busy = false;
    }
  }

  private readonly setAside = (event: Event): void => {
    event.preventDefault();
    this.later = new Set(approvals.all().map((one) => one.id));
  };

  // Keys that were meant for another field must not answer a question that has just opened.
  private readonly pressed = (event: KeyboardEvent): void => {
    if (Date.now() - this.shownAt < NOT_BY_ACCIDENT_MS && event.key !== "Escape") event.preventDefault();
    event.stopPropagation();
  };

  private focusHeading(): void {
    this.renderRoot.querySelector<HTMLElement>("#what")?.focus();
  }

  private tellEnded(): void {
    for (const { approval, how, text } of ended.value) {
      if (this.told.has(approval.id)) continue;
      this.told.add(approval.id);
      toast(text || t(how, { what: summaryOf(approval) }), TONES[how]);
      dismissLater(approval.id);
    }
  }

  private readonly told = new Set<string>();
}

function focused(): HTMLElement | null {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one instanceof HTMLElement ? one : null;
}

function dismissLater(id: string): void {
  const REMEMBERED_MS = 60_000;
  setTimeout(() => dismiss(id), REMEMBERED_MS);
}

customElements.define("wz-approvals-host", ApprovalsHost);
