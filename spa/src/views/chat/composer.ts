import { html, nothing, type TemplateResult } from "lit";
import type { CommandInfo } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { agents } from "../../state/agents";
import { current } from "../../state/conversations";
import { isAnswering, MAX_MESSAGE, sayHere, stopHere } from "../../state/saying";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { canListen, listening, startListening, stopListening } from "../../state/voice";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { MAX_BYTES, MAX_FILES, size } from "./attachments";
import { type Candidate, candidates, complete, openWord } from "./completion";
import { composerStyles } from "./composer-styles";
import { t } from "./texts";
import { Tray } from "./tray";

let commands: readonly CommandInfo[] | null = null;

/** Where a person types: completion, files, dictation, send and stop. */
export class Composer extends Element {
  static override styles = [shared, composerStyles()];
  static override properties = { options: { state: true }, chosen: { state: true } };

  private options: readonly Candidate[] = [];
  private chosen = 0;
  private readonly tray = new Tray(() => this.requestUpdate());
  private typedBefore = "";

  protected override follows(): readonly Observable[] {
    return [current, session, agents, listening];
  }

  /** Put a text into the field for the person to go on with. */
  fill(text: string): void {
    const field = this.field();
    if (!field) return;
    field.value = text;
    field.setSelectionRange(text.length, text.length);
    this.typed();
  }

  override focus(): void {
    this.field()?.focus();
  }

  protected override render(): TemplateResult {
    if (!may("user")) return html`<p class="reading small">${t(session.value ? "reading" : "unconnected")}</p>`;
    const isBusy = isAnswering();
    return html`<form class=${this.tray.over ? "over" : ""} @submit=${this.submit} @dragover=${this.tray.dragged} @dragleave=${this.tray.left} @drop=${this.tray.dropped}>
      ${this.options.length ? this.list() : nothing}
      ${this.tray.chips()}
      <textarea rows="1" aria-label=${t("say")} placeholder=${this.tray.over ? t("dropHere") : t("say")} aria-haspopup="listbox" aria-autocomplete="list" aria-controls="options" aria-activedescendant=${this.options.length ? `option-${this.chosen}` : nothing}
        enterkeyhint="send" @input=${this.typed} @keydown=${this.pressed} @paste=${this.tray.pasted} @blur=${this.closeSoon}></textarea>
      <div class="row tools">
        <label class="tool" title="${t("attach")} · ${t("seen")} · ${t("limit", { count: MAX_FILES, size: size(MAX_BYTES) })}">
          <input type="file" multiple class="hidden" aria-label=${t("attach")} @change=${this.tray.picked}>${icon("clip", 19)}</label>
        ${canListen() ? this.microphone() : nothing}
        <span class="grow small muted" role="status">${this.note()}</span>
        ${
          isBusy
            ? html`<button type="button" class="icon" title=${t("stop")} aria-label=${t("stop")} @click=${() => stopHere()}>${icon("stop", 18)}</button>`
            : nothing
        }
        <button class="icon primary" title=${t("send")} aria-label=${t("send")} ?disabled=${!this.isReady()}>${icon("send", 18)}</button>
      </div>
    </form>`;
  }

  private list(): TemplateResult {
    return html`<ul id="options" role="listbox" aria-label=${t("options")}>${this.options.map(
      (one, at) =>
        html`<li id="option-${at}" role="option" aria-selected=${at === this.chosen} @mousedown=${(event: Event) => {
          event.preventDefault();
          this.take(one);
        }}><b>${one.label}</b><span class="muted clip">${one.hint}</span></li>`,
    )}</ul>`;
  }

  private microphone(): TemplateResult {
    const label = t(listening.value ? "listening" : "dictate");
    return html`<button type="button" class="quiet icon ${listening.value ? "on" : ""}" title=${label} aria-label=${label} aria-pressed=${listening.value}
      @click=${this.dictate}>${icon("mic", 19)}</button>`;
  }

  private note(): string {
    const over = (this.field()?.value.length ?? 0) - MAX_MESSAGE;
    if (over > 0) return t("tooLong", { count: over });
    return listening.value ? t("listening") : "";
  }

  private field(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector("textarea");
  }

  private isReady(): boolean {
    const text = this.field()?.value.trim() ?? "";
    return text.length > 0 && text.length <= MAX_MESSAGE && this.tray.isReady();
  }

  private typed(): void {
    const field = this.field();
    if (!field) return;
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${Math.min(field.scrollHeight, 220)}px`);
    const open = openWord(field.value, field.selectionStart);
    if (open?.kind === "command" && commands === null) void this.loadCommands();
    this.options = open ? candidates(open, agents.all(), commands ?? []) : [];
    this.chosen = 0;
    this.requestUpdate();
  }

  private async loadCommands(): Promise<void> {
    commands = [];
    try {
      commands = await call("GET /api/commands");
      this.typed();
    } catch {
      commands = null; // asked again with the next slash
    }
  }

  private take(candidate: Candidate): void {
    const field = this.field();
    const open = field && openWord(field.value, field.selectionStart);
    if (!field || !open) return;
    const done = complete(field.value, open, candidate);
    field.value = done.text;
    field.setSelectionRange(done.cursor, done.cursor);
    this.typed();
    this.options = [];
  }

  private pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.options.length && this.inList(event)) {
      event.preventDefault();
      return;
    }
    const field = event.target as HTMLTextAreaElement;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && (field.value === "" || field.value === this.typedBefore)) {
      event.preventDefault();
      this.fill(this.lastSaid(field.value));
      this.typedBefore = field.value;
    }
  }

  private inList(event: KeyboardEvent): boolean {
    const count = this.options.length;
    const chosen = this.options[this.chosen];
    if (event.key === "ArrowDown") this.chosen = (this.chosen + 1) % count;
    else if (event.key === "ArrowUp") this.chosen = (this.chosen + count - 1) % count;
    else if ((event.key === "Tab" || event.key === "Enter") && chosen && !this.isTyped(chosen)) this.take(chosen);
    else if (event.key === "Escape") {
      event.stopPropagation();
      this.options = [];
    } else return false;
    return true;
  }

  private isTyped(candidate: Candidate): boolean {
    return this.field()?.value.trim() === candidate.insert.trim();
  }

  private lastSaid(after: string): string {
    const said = current.value.items.flatMap((one) => (one.kind === "exchange" ? [one.said] : []));
    const at = after ? said.lastIndexOf(after) : said.length;
    return said[at - 1] ?? after;
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.send();
  }

  private send(): void {
    const field = this.field();
    if (!field || !this.isReady()) return;
    sayHere(field.value, this.tray.take());
    this.fill("");
    this.typedBefore = "";
    this.dispatchEvent(new Event("said"));
  }

  private dictate(): void {
    if (listening.value) {
      stopListening();
      return;
    }
    const before = this.field()?.value.trim() ?? "";
    startListening(
      (text) => this.fill(before ? `${before} ${text}` : text),
      (reason) => toast(t(reason === "not-allowed" ? "micDenied" : "notHeard"), "warn"),
    );
  }

  private closeSoon(): void {
    this.options = [];
  }
}

customElements.define("wz-chat-composer", Composer);
