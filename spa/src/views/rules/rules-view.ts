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

  private loaded = "";

  protected override render(): TemplateResult {
    const [first = "", second = ""] = this.rule.split("/");
    if (first === "plans") {
      this.need("plans", () => import("./plan-list"));
      return html`${this.tabs("plans")}<wz-plan-list></wz-plan-list>`;
    }
    if (first === "new" || second === "edit") {
      this.need("editor", () => import("./rule-editor"));
      return html`<wz-rule-editor .ruleId=${first === "new" ? "" : first}></wz-rule-editor>`;
    }
    if (first) {
      this.need("detail", () => import("./rule-detail"));
      return html`<wz-rule-detail .ruleId=${first}></wz-rule-detail>`;
    }
    return html`${this.tabs("rules")}<wz-rule-list></wz-rule-list>`;
  }

  private tabs(current: "rules" | "plans"): TemplateResult {
    const link = (tab: "rules" | "plans"): TemplateResult =>
      html`<a href=${tab === "rules" ? "#/rules" : "#/rules/plans"} aria-current=${tab === current ? "page" : "false"}>${t(tab)}</a>`;
    return html`<nav class="tabs row" aria-label=${t("rules")}>${link("rules")}${link("plans")}</nav>`;
  }

  private need(part: string, load: () => Promise<unknown>): void {
    if (this.loaded === part) return;
    void load().then(() => {
      this.loaded = part;
    });
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .tabs { gap: 4px; margin-bottom: 14px; border-bottom: 1px solid var(--line); }
    .tabs a { padding: 6px 14px 8px; color: var(--muted); text-decoration: none; border-bottom: 2px solid transparent; margin-bottom: -1px; }
    .tabs a[aria-current="page"] { color: var(--text); border-color: var(--accent); font-weight: 600; }
  `;
}

customElements.define("wz-rules-view", RulesView);
