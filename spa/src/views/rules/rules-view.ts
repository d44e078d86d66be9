import { css, html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import "./rule-list";
import { t } from "./texts";

/** Rules and plans: their lists, one rule, and its editor. */
export class RulesView extends Element {
  static override styles = [shared, styles()];
  static override properties = { rule: { attribute: false }, loaded: { state: true } };

  /** What follows `#/rules/`: nothing, `plans`, an id, `ID/edit` or `new`. */
  rule = "";

  private loaded: ReadonlySet<string> = new Set();

  protected override render(): TemplateResult {
    const [first = "", second = ""] = this.rule.split("/");
    if (first === "plans") {
      const list = this.lazy("plans", () => import("./plan-list"), html`<wz-plan-list></wz-plan-list>`);
      return html`${this.tabs("plans")}${list}`;
    }
    if (first === "new" || second === "edit") {
      const ruleId = first === "new" ? "" : first;
      return this.lazy(
        "editor",
        () => import("./rule-editor"),
        html`<wz-rule-editor .ruleId=${ruleId}></wz-rule-editor>`,
      );
    }
    if (first) {
      return this.lazy(
        "detail",
        () => import("./rule-detail"),
        html`<wz-rule-detail .ruleId=${first}></wz-rule-detail>`,
      );
    }
    return html`${this.tabs("rules")}<wz-rule-list></wz-rule-list>`;
  }

  private tabs(current: "rules" | "plans"): TemplateResult {
    const link = (tab: "rules" | "plans"): TemplateResult =>
      html`<a href=${tab === "rules" ? "#/rules" : "#/rules/plans"} aria-current=${tab === current ? "page" : "false"}>${t(tab)}</a>`;
    return html`<nav class="tabs row" aria-label=${t("rules")}>${link("rules")}${link("plans")}</nav>`;
  }

  private lazy(name: string, load: () => Promise<unknown>, shown: TemplateResult): TemplateResult {
    if (this.loaded.has(name)) return shown;
    void load().then(() => {
      this.loaded = new Set([...this.loaded, name]);
    });
    return html`<p class="empty" role="status">${t("loading")}</p>`;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .tabs { gap: 4px; margin-bottom: 14px; border-bottom: 1px solid var(--line); }
    .tabs a { display: flex; align-items: center; min-height: 44px; padding: 0 14px; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; }
    .tabs a[aria-current="page"] { color: var(--text); border-color: var(--accent); font-weight: 600; }
  `;
}

customElements.define("wz-rules-view", RulesView);
