import { css, html, nothing, type TemplateResult } from "lit";
import { t } from "./dialog-texts";
import { Element } from "./element";
import { icon } from "./icons";
import { shared } from "./shared";

const SHOWN_MS = 12_000;

/** A message at the lower edge with one thing to do about it, such as to take something back. */
class Offer extends Element {
  static override styles = [shared, styles()];
  static override properties = { text: {}, label: {} };

  text = "";
  label = "";
  accept: () => void = () => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute("popover", "manual");
    this.showPopover?.();
  }

  protected override render(): TemplateResult {
    return html`<div class="offer row" role="status">
      <span class="grow foreign">${this.text}</span>
      ${this.label ? html`<button class="primary" @click=${() => this.take()}>${this.label}</button>` : nothing}
      <button class="quiet icon" aria-label=${t("close")} @click=${() => this.remove()}>${icon("close", 16)}</button>
    </div>`;
  }

  private take(): void {
    this.remove();
    this.accept();
  }
}

/** Offer something at the lower edge of the page; it goes after a while, unless it `stays`. */
export function offer(text: string, label: string, accept: () => void, stays = false): void {
  document.querySelector("wz-offer")?.remove();
  const element = document.createElement("wz-offer") as Offer;
  Object.assign(element, { text, label, accept });
  document.body.append(element);
  if (!stays) setTimeout(() => element.remove(), SHOWN_MS);
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { position: fixed; inset: auto 0 20px 0; margin: 0 auto; padding: 0; border: 0; background: none; width: fit-content; max-width: calc(100vw - 24px); color: var(--text); overflow: visible; }
    .offer { flex-wrap: nowrap; padding: 8px 8px 8px 16px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); animation: in 0.18s ease-out; }
    @keyframes in { from { opacity: 0; transform: translateY(8px); } }
    @media (max-width: 719px) { :host { inset: auto 0 calc(72px + env(safe-area-inset-bottom)) 0; } }
  `;
}

customElements.define("wz-offer", Offer);
