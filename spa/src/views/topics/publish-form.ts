import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { sentenceOf } from "../../gateway/errors";
import { publish, refusal } from "../../state/topics";
import { Element } from "../../ui/element";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { toast } from "../../ui/toast";
import { t } from "./texts";

const LARGEST = 256 * 1024;

/** A form that puts a message on a free topic; what is typed is checked before it is sent. */
export class PublishForm extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    topic: {},
    where: { state: true },
    payload: { state: true },
    retain: { state: true },
    tried: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  /** The topic to begin with. */
  topic = "";
  private where = "";
  private payload = '{"value": 1}';
  private retain = false;
  private tried = false;
  private problem = "";
  private busy = false;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("topic") && refusal(this.topic) === null) this.where = this.topic;
  }

  protected override render(): TemplateResult {
    const place = this.tried ? placeProblem(this.where) : "";
    const text = payloadProblem(this.payload);
    return html`<details class="card" ?open=${refusal(this.topic) === null}><summary>${t("publish")}</summary>
      <form class="stack" novalidate @submit=${this.submit}>
        <p class="small muted">${t("publishHint")}</p>
        <div><label for="where">${t("topic")}</label>
          <input id="where" class="mono" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="custom/hello" .value=${this.where} aria-invalid=${place !== ""}
            @input=${(event: Event) => {
              this.where = (event.target as HTMLInputElement).value;
            }}>${place ? html`<p class="small bad">${place}</p>` : ""}</div>
        <div><label for="payload">${t("payload")}</label>
          <textarea id="payload" class="mono" rows="4" spellcheck="false" .value=${this.payload} aria-invalid=${text !== ""}
            @input=${(event: Event) => {
              this.payload = (event.target as HTMLTextAreaElement).value;
            }}></textarea>${text ? html`<p class="small bad foreign">${text}</p>` : ""}</div>
        <label class="row choice"><input type="checkbox" .checked=${this.retain} @change=${(event: Event) => {
          this.retain = (event.target as HTMLInputElement).checked;
        }}>${t("retain")}</label>
        ${this.problem ? html`<p class="error foreign" role="alert">${this.problem}</p>` : ""}
        <div class="row end"><button class="primary" ?disabled=${this.busy || text !== ""}>${icon("send", 16)}${t("send")}</button></div>
      </form></details>`;
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    this.tried = true;
    if (!placeProblem(this.where) && !payloadProblem(this.payload)) void this.send();
  };

  private async send(): Promise<void> {
    this.busy = true;
    this.problem = "";
    try {
      await publish(this.where, JSON.parse(this.payload), this.retain);
      toast(t("sent", { topic: this.where }), "good");
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    this.busy = false;
  }
}

function placeProblem(topic: string): string {
  const key = refusal(topic);
  return key ? t(key) : "";
}

/** Why a text cannot be a message; empty when it can. */
export function payloadProblem(text: string): string {
  if (new TextEncoder().encode(text).length > LARGEST) return t("tooLarge");
  try {
    JSON.parse(text);
    return "";
  } catch (error) {
    return t("notJson", { problem: sentenceOf(error).slice(0, 200) });
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    summary { cursor: pointer; font-weight: 600; } form { margin-top: 10px; } .bad { color: var(--bad); margin-top: 3px; } .end { justify-content: flex-end; }
    [aria-invalid="true"] { border-color: var(--bad); } .choice { color: var(--text); font-size: 14px; }
  `;
}

customElements.define("wz-publish-form", PublishForm);
