import { html, nothing, type TemplateResult } from "lit";
import { canInstall, install, isInstalled } from "../../state/installed";
import { carrier, language, motion, type Preference, theme } from "../../state/preferences";
import type { Observable } from "../../state/store";
import { Section } from "./section";
import { t } from "./texts";

/** How the page looks, in this browser. */
export class Appearance extends Section {
  protected override follows(): readonly Observable[] {
    return [theme, language, motion, carrier, canInstall];
  }

  protected override body(): TemplateResult {
    return html`<section class="card">
        ${this.choice(t("theme"), theme, { system: t("system"), light: t("light"), dark: t("dark") })}
        ${this.choice(t("language"), language, { en: "English", de: "Deutsch" })}
        ${this.choice(t("motion"), motion, { system: t("system"), less: t("less") })}
        ${this.choice(t("carrier"), carrier, { mqtt: t("mqtt"), ws: t("ws") }, t("carrierText"))}
      </section>
      <p class="small muted">${t("kept")}</p>
      <section class="card stack"><h3>${t("app")}</h3><p class="small muted">${t("appText")}</p>${this.app()}</section>`;
  }

  private app(): TemplateResult {
    if (isInstalled()) return html`<p>${t("installed")}</p>`;
    if (!canInstall.value) return html`<p class="small">${t("installHow")}</p>`;
    return html`<div class="row"><button class="primary" @click=${() => void install()}>${t("install")}</button></div>`;
  }

  private choice<T extends string>(
    label: string,
    preference: Preference<T>,
    options: Record<T, string>,
    more = "",
  ): TemplateResult {
    const buttons = (Object.entries(options) as [T, string][]).map(
      ([value, words]) =>
        html`<button class="choice" aria-pressed=${preference.value === value} @click=${() => preference.set(value)}>${words}</button>`,
    );
    return html`<div class="rowline"><div class="grow"><b>${label}</b>${more ? html`<p class="small muted">${more}</p>` : nothing}</div>
      <div class="choices" role="group" aria-label=${label}>${buttons}</div></div>`;
  }
}

customElements.define("wz-appearance", Appearance);
