import { css, html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "./dialog-texts";
import { Element } from "./element";
import { icon } from "./icons";
import { shared } from "./shared";

/** What a toast tells: something went well, went wrong, needs care, or just is. */
export type ToastKind = "good" | "bad" | "warn" | "info";

interface Shown {
  id: number;
  text: string;
  kind: ToastKind;
}

const MOST = 4;
const SHOWN_MS: Record<ToastKind, number> = { good: 5_000, info: 5_000, warn: 9_000, bad: 12_000 };
const MOST_CHARACTERS = 400;

/** The short messages in the corner of the page. */
export class Toasts extends Element {
  static override styles = [shared, styles()];
  static override properties = { shown: { state: true } };

  private shown: readonly Shown[] = [];
  private last = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("popover", "manual");
  }

  /** Show a message for a while. */
  add(text: string, kind: ToastKind): void {
    this.last += 1;
    const one = { id: this.last, text: text.slice(0, MOST_CHARACTERS), kind };
    this.shown = [...this.shown.filter((other) => other.text !== one.text), one].slice(-MOST);
    setTimeout(() => this.takeAway(one.id), SHOWN_MS[kind]);
    this.raise();
  }

  protected override render(): TemplateResult {
    return html`<div role="log" aria-live="polite" aria-relevant="additions">${repeat(
      this.shown,
      (one) => one.id,
      (one) => html`<div class="toast ${one.kind}" role=${one.kind === "bad" ? "alert" : "status"}>
        ${icon(one.kind === "good" ? "check" : "alerts", 18)}<span class="grow foreign">${one.text}</span>
        <button class="quiet icon" aria-label=${t("close")} @click=${() => this.takeAway(one.id)}>${icon("close", 16)}</button>
      </div>`,
    )}</div>`;
  }

  private takeAway(id: number): void {
    if (this.renderRoot.querySelector(".toast:hover")) {
      setTimeout(() => this.takeAway(id), 1_000);
      return;
    }
    this.shown = this.shown.filter((one) => one.id !== id);
    if (!this.shown.length) this.hidePopover?.();
  }

  // A dialog lies above the page, and what was raised last lies above the dialog.
  private raise(): void {
    if (this.matches(":popover-open")) this.hidePopover?.();
    this.showPopover?.();
  }
}

/** Tell something in the corner of the page for a few seconds. */
export function toast(text: string, kind: ToastKind = "info"): void {
  if (!text) return;
  let host = document.querySelector<Toasts>("wz-toasts");
  if (!host) {
    host = document.createElement("wz-toasts") as Toasts;
    document.body.append(host);
  }
  host.add(text, kind);
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { position: fixed; inset: auto auto 16px calc(var(--nav-width) + 16px); margin: 0; padding: 0; border: 0; background: none; width: min(var(--toast-width, 420px), calc(100vw - 24px)); color: var(--text); overflow: visible; }
    :host(:not(:popover-open)) { display: none; }
    [role="log"] { display: grid; gap: 8px; }
    .toast { display: flex; align-items: center; gap: 10px; padding: 6px 6px 6px 12px; background: var(--raised); border: 1px solid var(--line); border-inline-start: 4px solid var(--muted); border-radius: var(--radius-small); box-shadow: var(--shadow); animation: in 0.18s ease-out; max-height: 40vh; overflow: auto; }
    .toast .icon { flex: none; }
    .good { border-inline-start-color: var(--good); } .good > .icon { color: var(--good); }
    .bad { border-inline-start-color: var(--bad); } .bad > .icon { color: var(--bad); }
    .warn { border-inline-start-color: var(--warn); } .warn > .icon { color: var(--warn); }
    @keyframes in { from { opacity: 0; transform: translateY(8px); } }
    @media (max-width: 899px) { :host { inset: 60px 12px auto auto; width: min(420px, calc(100vw - 24px)); } }
  `;
}

customElements.define("wz-toasts", Toasts);
