import { html, nothing, type TemplateResult } from "lit";
import type { Attachment } from "../../state/conversations";
import { icon } from "../../ui/icons";
import { toast } from "../../ui/toast";
import { attach, type Draft, refusalOf, size } from "./attachments";
import { t } from "./texts";

/** Files on their way into a message: picked, pasted or dropped. */
export class Tray {
  /** Something is being dragged above. */
  over = false;
  private drafts: readonly Draft[] = [];

  constructor(private readonly changed: () => void) {}

  /** Whether everything that was attached is uploaded. */
  isReady(): boolean {
    return this.drafts.every((one) => one.done !== null);
  }

  /** The files for a message; the tray is empty then. */
  take(): readonly Attachment[] {
    const done = this.drafts.flatMap((one) => one.done ?? []);
    this.drafts = [];
    return done;
  }

  /** A chip for each file. */
  chips(): TemplateResult | typeof nothing {
    return this.drafts.length ? html`<ul class="files">${this.drafts.map((one) => this.chip(one))}</ul>` : nothing;
  }

  /** Take the files of a file field. */
  readonly picked = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.add(input.files ?? []);
    input.value = "";
  };

  /** Take files from the clipboard. */
  readonly pasted = (event: ClipboardEvent): void => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  };

  /** Something is dragged above. */
  readonly dragged = (event: DragEvent): void => {
    event.preventDefault();
    this.setOver(true);
  };

  /** It was dragged away again. */
  readonly left = (): void => this.setOver(false);

  /** Take what was dropped. */
  readonly dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.setOver(false);
    this.add(event.dataTransfer?.files ?? []);
  };

  private setOver(over: boolean): void {
    if (over === this.over) return;
    this.over = over;
    this.changed();
  }

  private add(files: Iterable<File>): void {
    for (const file of files) {
      const refusal = refusalOf(file, this.drafts.length);
      if (refusal) toast(refusal, "warn");
      else this.drafts = [...this.drafts, attach(file, this.changed)];
    }
    this.changed();
  }

  private detach(draft: Draft): void {
    draft.cancel();
    this.drafts = this.drafts.filter((one) => one !== draft);
    this.changed();
  }

  private chip(one: Draft): TemplateResult {
    const state = one.problem || (one.done ? size(one.size) : t("uploading"));
    return html`<li class="chip ${one.problem ? "bad" : ""}" title=${state}><span class="clip foreign">${one.name}</span>
      <span class="muted small clip">${state}</span>
      <button type="button" class="quiet icon" aria-label=${t("detach", { name: one.name })} @click=${() => this.detach(one)}>${icon("close", 14)}</button></li>`;
  }
}
