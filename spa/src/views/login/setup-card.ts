import { css, html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./setup-form";
import { t } from "./texts";

/** Invites whoever is at the machine to make an account. Fires `close` when it is put away. */
export class SetupCard extends Element {
  static override styles = [shared, styles()];
  static override properties = { isOpen: { state: true }, still: { type: Boolean } };

  /** It stands in a page and cannot be put away. */
  still = false;

  private isOpen = false;

  protected override render(): TemplateResult {
    const away = (): boolean => this.dispatchEvent(new Event("close"));
    return html`<section class="card stack" aria-labelledby="invite">
      <h2 id="invite">${t("invite")}</h2>
      <p class="small">${t("inviteText")}</p>
      ${
        this.isOpen
          ? html`<wz-setup-form @done=${away}></wz-setup-form>`
          : html`<div class="row"><button class="primary" @click=${() => {
              this.isOpen = true;
            }}>${icon("lock", 16)}${t("invite")}</button>
            ${this.still ? "" : html`<button class="quiet" @click=${away}>${t("later")}</button>`}</div>`
      }
    </section>`;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .card { border-color: var(--accent); max-width: 440px; }
    :host(:not([still])) { position: fixed; z-index: 6; inset: auto auto 20px calc(var(--nav-width) + 20px); width: min(420px, calc(100vw - 24px)); max-height: calc(100dvh - 90px); overflow: auto; }
    :host(:not([still])) .card { box-shadow: var(--shadow); }
    @media (max-width: 719px) { :host(:not([still])) { inset: auto 12px calc(76px + env(safe-area-inset-bottom)); } }
  `;
}

customElements.define("wz-setup-card", SetupCard);
