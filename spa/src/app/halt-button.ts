import { css, html, nothing, type TemplateResult } from "lit";
import { sentenceOf } from "../gateway/errors";
import { moment } from "../i18n/texts";
import { halt, release, stopEverything } from "../state/halt";
import { may, session } from "../state/session";
import type { Observable } from "../state/store";
import { confirmDialog } from "../ui/dialog";
import { Element } from "../ui/element";
import { icon } from "../ui/icons";
import { shared } from "../ui/shared";
import { toast } from "../ui/toast";
import { t } from "./texts";

async function told(order: () => Promise<string>, isSaidAnyway = false): Promise<void> {
  try {
    const done = await order();
    if (!isSaidAnyway) toast(done, "good");
  } catch (error) {
    toast(sentenceOf(error), "bad");
  }
}

/** The red button: everything stops at once, in one step, also without a model or Home Assistant. */
export class HaltButton extends Element {
  static override styles = [
    shared,
    css`@media (max-width: 719px) { span { display: none; } button { padding: 0 10px; } }`,
  ];
  static override properties = { busy: { state: true } };

  private busy = false;

  protected override follows(): readonly Observable[] {
    return [session, halt];
  }

  protected override render(): TemplateResult {
    if (!may("user")) return html``;
    const isHalted = halt.value?.halted ?? false;
    return html`<button class="danger" title=${t("stopAllTitle")} aria-label=${t("stopAll")} ?disabled=${this.busy} aria-pressed=${isHalted} @click=${this.stop}>
      ${icon("stop", 16)}<span>${t("stopAll")}</span></button>`;
  }

  private readonly stop = async (): Promise<void> => {
    this.busy = true;
    await told(stopEverything, true); // by the banner
    this.busy = false;
  };
}

/** Says that everything is stopped, as long as it is; releasing it takes a second step. */
export class HaltBanner extends Element {
  static override styles = [shared, bannerStyles()];
  static override properties = { busy: { state: true } };

  private busy = false;

  protected override follows(): readonly Observable[] {
    return [session, halt];
  }

  protected override render(): TemplateResult {
    const now = halt.value;
    if (!now?.halted) return html``;
    const order = now.since ? t("stoppedBy", { who: now.by || "?", time: moment(now.since) }) : "";
    return html`<div class="row" role="alert">${icon("stop", 22)}<p class="grow"><b>${t("stopped")}</b> <span class="foreign">${order}</span></p>
      ${may("user") ? html`<button ?disabled=${this.busy} @click=${this.free}>${t("release")}</button>` : nothing}</div>`;
  }

  private readonly free = async (): Promise<void> => {
    if (!(await confirmDialog({ title: t("releaseTitle"), text: t("releaseText"), confirm: t("release") }))) return;
    this.busy = true;
    await told(release);
    this.busy = false;
  };
}

function bannerStyles(): ReturnType<typeof css> {
  return css`
    div { padding: 8px 18px; background: var(--bad); color: var(--surface); flex-wrap: nowrap; }
    button { background: var(--surface); color: var(--bad); border-color: var(--surface); font-weight: 600; }
    @media (max-width: 719px) { div { padding: 8px 12px; font-size: 14px; } }
  `;
}

customElements.define("wz-halt-button", HaltButton);
customElements.define("wz-halt-banner", HaltBanner);
