import { html, nothing, type TemplateResult } from "lit";
import type { Restored } from "../../contracts/rest";
import { downloadBackup, restoreBackup } from "../../state/backup";
import { may } from "../../state/session";
import { confirmDialog } from "../../ui/dialog";
import { icon } from "../../ui/icons";
import { saveFile } from "../../ui/save-file";
import { t } from "./house-texts";
import { Section } from "./section";

/** The whole state as a file: taken, and put back. */
export class Backup extends Section {
  static override properties = { ...Section.properties, share: { state: true }, outcome: { state: true } };

  private share: number | null = null;
  private outcome: Restored | null = null;

  protected override body(): TemplateResult {
    return html`<section class="card stack"><h3>${t("download")}</h3><p class="small muted">${t("downloadText")}</p>
        <div class="row"><button class="primary" ?disabled=${this.busy} @click=${() => void this.take()}>${icon("download", 16)}${t("download")}</button></div></section>
      <section class="card stack"><h3>${t("restore")}</h3><p class="small muted">${t("restoreText")}</p>
        ${may("owner") ? this.choosing() : html`<p>${t("restoreOwner")}</p>`}
        ${this.share === null ? nothing : this.progress(this.share)}
        ${this.outcome ? this.told(this.outcome) : nothing}</section>`;
  }

  private choosing(): TemplateResult {
    return html`<div class="row"><label class="button file">${t("choose")}<input class="hidden" type="file" accept=".tar,application/x-tar" ?disabled=${this.busy} @change=${this.chosen}></label></div>`;
  }

  private progress(share: number): TemplateResult {
    const percent = Math.round(share * 100);
    const words = share < 1 ? t("sent", { percent }) : t("restoring");
    return html`<div role="status"><progress max="1" value=${share < 1 ? share : nothing} aria-label=${words}></progress><p class="small">${words}</p></div>`;
  }

  private told(outcome: Restored): TemplateResult {
    const line = (
      label: "restored" | "unknown" | "failed",
      names: readonly string[],
    ): TemplateResult | typeof nothing =>
      names.length ? html`<p class="small foreign">${t(label, { names: names.join(", ") })}</p>` : nothing;
    return html`<div role="status">${line("restored", outcome.restored)}${line("unknown", outcome.unknown)}${line("failed", outcome.failed)}</div>`;
  }

  private async take(): Promise<void> {
    await this.doing(async () => {
      const day = new Date().toISOString().slice(0, 10);
      saveFile(`wactorz-${day}.tar`, await downloadBackup());
    });
  }

  private async chosen(event: Event): Promise<void> {
    const field = event.target as HTMLInputElement;
    const file = field.files?.[0];
    field.value = "";
    if (!file) return;
    const title = t("sureTitle", { name: file.name });
    if (!(await confirmDialog({ title, text: t("sureText"), confirm: t("restore"), danger: true }))) return;
    this.outcome = null;
    this.share = 0;
    await this.doing(async () => {
      this.outcome = await restoreBackup(file, (share) => {
        this.share = share;
      });
    });
    this.share = null;
  }
}

customElements.define("wz-backup", Backup);
