import { html, type TemplateResult } from "lit";
import { request } from "../../gateway/rest";
import { session } from "../../state/session";
import { Section } from "./section";
import { t } from "./texts";

interface License {
  name: string;
  version: string;
  license: string;
  text: string;
}

/** What runs here, and under which licenses. */
export class About extends Section {
  private licenses: readonly License[] = [];

  protected override async load(): Promise<void> {
    const version = session.value?.version ?? "";
    const address = `/assets/licenses.json?v=${encodeURIComponent(version)}`;
    // A page that is served for development has no such list.
    this.licenses = await request(address, {})
      .then((response) => response.json() as Promise<License[]>)
      .catch(() => []);
  }

  protected override body(): TemplateResult {
    const link = (address: string, words: string): TemplateResult =>
      html`<p><a class="reach" href=${address} target="_blank" rel="noopener">${words}</a></p>`;
    return html`<section class="card stack"><p><span class="muted">${t("version")}</span> <b>${session.value?.version ?? ""}</b></p>
        ${link("/api/docs", t("docs"))}${link("/api/metrics", t("metrics"))}${link("/plain", t("plain"))}<p class="small muted">${t("license")}</p></section>
      <section class="card"><h3>${t("licenses")}</h3>
        ${this.licenses.length ? this.licenses.map((one) => html`<details class="rowline"><summary><b>${one.name}</b> <span class="muted">${one.version} · ${one.license}</span></summary><pre class="small">${one.text}</pre></details>`) : html`<p class="muted">${t("licensesNone")}</p>`}</section>`;
  }
}

customElements.define("wz-about", About);
