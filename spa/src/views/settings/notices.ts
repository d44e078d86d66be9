import { html, nothing, type TemplateResult } from "lit";
import type { Target } from "../../contracts/rest";
import { call } from "../../gateway/rest";
import { confirmDialog } from "../../ui/dialog";
import { icon } from "../../ui/icons";
import { toast } from "../../ui/toast";
import { Section } from "./section";
import { t } from "./texts";

/** Where notices go: places by name, never with their addresses. */
export class Notices extends Section {
  private places: readonly Target[] = [];

  protected override async load(): Promise<void> {
    this.places = await call("GET /api/webhooks");
  }

  protected override body(): TemplateResult {
    return html`<section class="card"><h3>${t("places")}</h3>
        ${this.places.length ? this.places.map((place) => this.place(place)) : html`<p class="muted">${t("placesNone")}</p>`}</section>
      <form class="card stack" @submit=${this.submit}><h3>${t("add")}</h3>
        <label>${t("address")}<input name="url" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" required maxlength="4000" placeholder="https://discord.com/api/webhooks/…"></label>
        <p class="small muted">${t("addressText")}</p>
        <div class="row fields"><label>${t("name")}<input name="name" maxlength="64" pattern="[A-Za-z0-9][\\w .\\-]*" autocomplete="off"></label>
          <button class="primary" ?disabled=${this.busy}>${t("save")}</button></div></form>`;
  }

  private place(place: Target): TemplateResult {
    return html`<div class="rowline"><div class="grow"><p><b class="foreign">${place.name}</b> ${place.usual ? html`<span class="badge accent">${t("usual")}</span>` : nothing}</p>
        <p class="small muted foreign">${[place.service, place.hint].filter(Boolean).join(" · ")}</p>
        ${place.problem ? html`<p class="badge bad foreign">${place.problem}</p>` : nothing}</div>
      <button ?disabled=${this.busy} @click=${() => void this.test(place)}>${t("test")}</button>
      <button class="quiet icon" title=${t("remove")} aria-label=${t("remove")} ?disabled=${this.busy} @click=${() => void this.drop(place)}>${icon("trash", 18)}</button></div>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const body = { url: String(fields.get("url")).trim(), name: String(fields.get("name")).trim() };
    if (await this.changing(() => call("POST /api/webhooks", { body }))) form.reset();
  }

  private async test(place: Target): Promise<void> {
    await this.changing(async () => {
      const result = await call("POST /api/webhooks/{name}/test", { path: { name: place.name } });
      toast(result.text, result.status === "failed" ? "bad" : "good");
    });
  }

  private async drop(place: Target): Promise<void> {
    const title = t("removeTitle", { name: place.name });
    if (!(await confirmDialog({ title, text: t("removeText"), confirm: t("remove"), danger: true }))) return;
    await this.changing(() => call("DELETE /api/webhooks/{name}", { path: { name: place.name } }));
  }
}

customElements.define("wz-notices", Notices);
