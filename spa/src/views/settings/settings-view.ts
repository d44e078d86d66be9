import { css, html, nothing, type TemplateResult } from "lit";
import { may, type Role, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { type IconName, icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import { t } from "./texts";

interface Part {
  name: Parameters<typeof t>[0] & string;
  icon: IconName;
  role: Role;
  load: () => Promise<unknown>;
  render: () => TemplateResult;
}

const PARTS: readonly Part[] = [
  {
    name: "appearance",
    icon: "light",
    role: "viewer",
    load: () => import("./appearance"),
    render: () => html`<wz-appearance></wz-appearance>`,
  },
  {
    name: "account",
    icon: "lock",
    role: "viewer",
    load: () => import("./account"),
    render: () => html`<wz-account></wz-account>`,
  },
  {
    name: "sessions",
    icon: "nodes",
    role: "viewer",
    load: () => import("./sessions"),
    render: () => html`<wz-sessions></wz-sessions>`,
  },
  {
    name: "tokens",
    icon: "topics",
    role: "viewer",
    load: () => import("./tokens"),
    render: () => html`<wz-tokens></wz-tokens>`,
  },
  {
    name: "memory",
    icon: "chat",
    role: "user",
    load: () => import("./memory"),
    render: () => html`<wz-memory></wz-memory>`,
  },
  {
    name: "people",
    icon: "agents",
    role: "admin",
    load: () => import("./people"),
    render: () => html`<wz-people></wz-people>`,
  },
  {
    name: "house",
    icon: "house",
    role: "admin",
    load: () => import("./policies"),
    render: () => html`<wz-policies></wz-policies>`,
  },
  {
    name: "notices",
    icon: "alerts",
    role: "admin",
    load: () => import("./notices"),
    render: () => html`<wz-notices></wz-notices>`,
  },
  {
    name: "changes",
    icon: "list",
    role: "admin",
    load: () => import("./changes"),
    render: () => html`<wz-changes></wz-changes>`,
  },
  {
    name: "audit",
    icon: "check",
    role: "viewer",
    load: () => import("./audit"),
    render: () => html`<wz-audit></wz-audit>`,
  },
  {
    name: "backup",
    icon: "download",
    role: "admin",
    load: () => import("./backup"),
    render: () => html`<wz-backup></wz-backup>`,
  },
  {
    name: "about",
    icon: "more",
    role: "viewer",
    load: () => import("./about"),
    render: () => html`<wz-about></wz-about>`,
  },
];

/** The settings, a section at a time; each only for those who may. */
export class SettingsView extends Element {
  static override styles = [shared, styles()];
  static override properties = { section: { attribute: false }, loaded: { state: true } };

  /** What follows `#/settings/`. */
  section = "";

  private loaded: ReadonlySet<string> = new Set();

  protected override follows(): readonly Observable[] {
    return [session];
  }

  protected override render(): TemplateResult {
    const parts = PARTS.filter((part) => may(part.role));
    const current = parts.find((part) => part.name === this.section) ?? parts[0];
    if (!current) return html`<p class="empty" role="status">${t("loading")}</p>`;
    const isChosen = this.section !== "";
    return html`<div class="frame ${isChosen ? "chosen" : ""}">
      <nav aria-label=${t("sections")}>${parts.map(
        (part) =>
          html`<a href="#/settings/${part.name}" aria-current=${part === current ? "page" : nothing}>${icon(part.icon, 18)}<span class="grow">${t(part.name)}</span><span class="arrow">${icon("chevron", 14)}</span></a>`,
      )}</nav>
      <div class="section"><div class="row head"><a class="up" href="#/settings" aria-label=${t("back")}>${icon("chevron", 18)}</a><h2>${t(current.name)}</h2></div>${this.opened(current)}</div>
    </div>`;
  }

  private opened(part: Part): TemplateResult {
    if (this.loaded.has(part.name)) return part.render();
    void part.load().then(() => {
      this.loaded = new Set([...this.loaded, part.name]);
    });
    return html`<p class="empty" role="status">${t("loading")}</p>`;
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    .frame { display: grid; grid-template-columns: 210px minmax(0, 1fr); gap: 20px; max-width: 1160px; }
    nav { display: grid; gap: 2px; align-content: start; position: sticky; top: 0; align-self: start; }
    nav a { display: flex; align-items: center; gap: 10px; padding: 8px 12px; min-height: 40px; border-radius: var(--radius-small); color: var(--text); text-decoration: none; }
    nav a:hover { background: var(--sunken); } nav a[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
    .head { margin-bottom: 12px; } .arrow, .up { display: none; }
    @media (max-width: 719px) {
      .frame { grid-template-columns: minmax(0, 1fr); } .frame:not(.chosen) .section { display: none; } .frame.chosen nav { display: none; }
      nav { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 6px; } nav a { min-height: 48px; } nav a[aria-current] { background: none; color: var(--text); font-weight: 400; }
      .arrow { display: flex; color: var(--muted); } .up { display: flex; transform: rotate(180deg); padding: 13px; margin: -8px -4px -8px -12px; color: var(--muted); }
    }
  `;
}

customElements.define("wz-settings-view", SettingsView);
