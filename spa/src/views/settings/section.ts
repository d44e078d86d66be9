import { type CSSResultGroup, css, html, nothing, type TemplateResult } from "lit";
import { sentenceOf } from "../../gateway/errors";
import { session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { t } from "./texts";

/** A part of the settings: loads what it shows, and tells what went wrong. */
export abstract class Section extends Element {
  static override styles: CSSResultGroup = [shared, sectionStyles()];
  static override properties = { problem: { state: true }, busy: { state: true }, isLoaded: { state: true } };

  protected problem = "";
  protected busy = false;
  protected isLoaded = false;

  protected override follows(): readonly Observable[] {
    return [session];
  }

  // Also when the session had ended, and somebody has logged in again over the page.
  protected override willUpdate(): void {
    if (this.isLoaded || this.busy || this.problem || session.value?.login_needed !== false) return;
    void this.doing(async () => {
      await this.load();
      this.isLoaded = true;
    });
  }

  /** Fetch what is shown. */
  protected load(): Promise<void> {
    return Promise.resolve();
  }

  /** What is shown once it is fetched. */
  protected abstract body(): TemplateResult | readonly TemplateResult[];

  protected override render(): TemplateResult {
    return html`<div class="stack">
      ${this.problem ? html`<p class="error foreign" role="alert">${this.problem}</p>` : nothing}
      ${this.isLoaded ? this.body() : this.problem ? nothing : html`<p class="empty" role="status">${t("loading")}</p>`}
    </div>`;
  }

  /** Do something that may fail; its sentence is shown then, and false is the answer. */
  protected async doing(deed: () => Promise<unknown>): Promise<boolean> {
    Object.assign(this, { busy: true, problem: "" });
    try {
      await deed();
      return true;
    } catch (error) {
      this.problem = sentenceOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Do something, then fetch everything again. */
  protected changing(deed: () => Promise<unknown>): Promise<boolean> {
    return this.doing(async () => {
      await deed();
      await this.load();
      this.requestUpdate();
    });
  }
}

function sectionStyles(): ReturnType<typeof css> {
  return css`
    .wide { overflow-x: auto; } td { vertical-align: middle; } td button { min-height: 32px; }
    .fields { align-items: end; } .fields > label { flex: 1 1 170px; max-width: 340px; }
    .rowline { display: flex; align-items: center; gap: 12px; padding: 10px 0; border-top: 1px solid var(--line); flex-wrap: wrap; } .rowline:first-of-type { border-top: 0; }
    .choices { display: flex; gap: 6px; flex-wrap: wrap; } .choice { min-height: 36px; } .choice[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); font-weight: 600; }
    .secret { display: flex; gap: 8px; align-items: center; background: var(--good-soft); border-radius: var(--radius-small); padding: 10px 12px; flex-wrap: wrap; } .secret code { font-family: var(--mono); font-size: 13px; overflow-wrap: anywhere; flex: 1 1 200px; user-select: all; }
    .role b { min-width: 84px; } .role { flex-wrap: nowrap; align-items: baseline; }
    @media (max-width: 719px) {
      .log thead { display: none; } .log tr { display: grid; grid-template-columns: auto 1fr auto; gap: 2px 10px; padding: 10px 0; border-bottom: 1px solid var(--line); } .log td { border: 0; padding: 0; }
      .log td:nth-child(1) { display: none; } .log td:nth-child(3) { grid-row: 2; grid-column: 1 / -1; } .log td:nth-child(2) { color: var(--muted); }
    }
    .rowline select { width: auto; } fieldset { border: 1px solid var(--line); border-radius: var(--radius-small); padding: 6px 12px 10px; gap: 6px 18px !important; min-width: 0; } .off { opacity: 0.6; }
  `;
}
