import { css, html, nothing, type TemplateResult } from "lit";
import { span } from "../i18n/texts";
import { connection } from "../state/bus";
import { alerts, seen, unseen } from "../state/feed";
import { dock, invitation } from "../state/preferences";
import { may, type Session, session } from "../state/session";
import type { Observable } from "../state/store";
import { Element } from "../ui/element";
import { icon } from "../ui/icons";
import { afterPaint } from "../ui/paint";
import { shared } from "../ui/shared";
import "../views/approvals/approvals-host";
import "./halt-button";
import { ROUTES, type Route, routeOf } from "./routes";
import { t } from "./texts";

const IN_BAR = 4;
const PATIENCE_MS = 3_000;

/** The page around the views: navigation, connection, chat dock, approvals. */
export class App extends Element {
  static override styles = [shared, styles()];
  static override properties = { loaded: { state: true }, problem: { state: true }, menu: { state: true } };

  private loaded = "";
  private problem = "";
  private menu = false;
  private wasLive = false;

  protected override follows(): readonly Observable[] {
    return [session, connection, dock, invitation, alerts, seen];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren();
    window.addEventListener("hashchange", () => {
      this.closeMenu();
      void this.show();
    });
    window.addEventListener("pointerdown", (event) => this.closeMenu(event.composedPath()));
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.closeMenu());
    this.every(1_000, () => connection.value.awaySince && this.requestUpdate());
    void this.show();
  }

  protected override render(): TemplateResult {
    const now = session.value;
    if (now && !now.role) {
      void import("../views/login/login-view");
      return html`<wz-login-view></wz-login-view>`;
    }
    const { route, rest } = routeOf(location.hash);
    const hasDock = route.path !== "chat" && (!now || may("user"));
    return html`
      ${this.navigation(route)}
      <header class="row spread">
        <h1 class="clip">${t(route.label)}</h1>
        <div class="row">${this.status()}<wz-halt-button></wz-halt-button>${hasDock ? this.dockButton() : nothing}</div>
      </header>
      <div class="notes"><wz-approvals-host></wz-approvals-host><wz-halt-banner></wz-halt-banner>${this.invitation(now)}</div>
      <main id="content" tabindex="-1">${this.view(route, rest)}</main>
      ${hasDock && dock.value === "open" ? this.chatDock() : nothing}
      ${this.door()}`;
  }

  private chatDock(): TemplateResult {
    // what is seen first is drawn first
    void afterPaint().then(() => import("../views/chat/chat-dock"));
    return html`<wz-chat-dock class="dock"></wz-chat-dock>`;
  }

  private door(): TemplateResult | typeof nothing {
    if (!session.value?.login_needed) return nothing;
    void import("../views/login/login-view");
    return html`<wz-login-view over></wz-login-view>`;
  }

  private invitation(now: Session | null): TemplateResult | typeof nothing {
    if (!now?.setup_needed || now.role !== "owner" || invitation.value === "away") return nothing;
    void import("../views/login/setup-card");
    return html`<wz-setup-card @close=${() => invitation.set("away")}></wz-setup-card>`;
  }

  private navigation(current: Route): TemplateResult {
    const visible = ROUTES.filter((route) => !route.role || may(route.role));
    const link = (route: Route): TemplateResult => html`
      <a href="#/${route.path}" aria-current=${route === current ? "page" : nothing} @click=${() => {
        this.menu = false;
      }}>
        ${icon(route.icon, 22)}<span>${t(route.label)}</span>${route.path === "alerts" ? this.count() : nothing}</a>`;
    return html`<nav aria-label=${t("navigation")} class=${this.menu ? "open" : ""}>
      <button class="skip" @click=${this.skip}>${t("skip")}</button>
      <img class="logo" src="/icon.svg" alt="Wactorz" width="36" height="36">
      ${visible.slice(0, IN_BAR).map(link)}
      <button class="quiet more" aria-expanded=${this.menu} aria-current=${visible.indexOf(current) >= IN_BAR ? "true" : nothing} @click=${() => {
        this.menu = !this.menu;
      }}>${icon("more", 22)}<span>${t("more")}</span>${this.count()}</button>
      <div class="rest">${visible.slice(IN_BAR).map(link)}</div>
    </nav>`;
  }

  /** Close the menu of views, unless what was touched belongs to it. */
  private closeMenu(touched: readonly EventTarget[] = []): void {
    if (touched.some((one) => one === this.renderRoot.querySelector("nav"))) return;
    this.menu = false;
  }

  private count(): TemplateResult | typeof nothing {
    const count = unseen();
    const text = count > 99 ? "99+" : String(count);
    return count ? html`<b class="count" aria-label=${t("unseen", { count })}>${text}</b>` : nothing;
  }

  private status(): TemplateResult {
    const { carrier, broker, awaySince } = connection.value;
    const isSlow = Date.now() - awaySince > PATIENCE_MS;
    this.wasLive ||= carrier !== "none";
    if (!this.wasLive && !isSlow)
      return html`<span class="badge warn" role="status"><span class="dot"></span>${t("connecting")}</span>`;
    if (carrier === "none") {
      const text = t("away", { time: span((Date.now() - awaySince) / 1000) });
      return html`<span class="badge bad" role="status"><span class="dot"></span>${text}</span>`;
    }
    if (!broker) return html`<span class="badge warn" role="status"><span class="dot"></span>${t("brokerAway")}</span>`;
    return html`<span class="badge good" role="status" title=${carrier.toUpperCase()}><span class="dot"></span>${t("live")}</span>`;
  }

  private dockButton(): TemplateResult {
    const isOpen = dock.value === "open";
    const label = t(isOpen ? "closeDock" : "openDock");
    return html`<button class="icon quiet dock-button" title=${label} aria-label=${label} aria-pressed=${isOpen}
      @click=${() => dock.set(isOpen ? "closed" : "open")}>${icon("chat")}</button>`;
  }

  private view(route: Route, rest: string): TemplateResult {
    if (this.problem) {
      return html`<div class="empty" role="alert"><p>${t("failed", { problem: this.problem })}</p>
        <button @click=${() => location.reload()}>${t("reload")}</button></div>`;
    }
    if (!session.value && Date.now() - connection.value.awaySince > PATIENCE_MS) {
      return html`<div class="empty away" role="status">${icon("nodes", 40)}<h2>${t("notConnected")}</h2><p>${t("gatewayAway")}</p></div>`;
    }
    // before it is known who is here, lines above the view may still come and move it
    if (this.loaded !== route.path || !session.value) return html`<p class="empty" role="status">${t("loading")}</p>`;
    return route.render(rest);
  }

  private async show(): Promise<void> {
    const { route } = routeOf(location.hash);
    this.problem = "";
    this.requestUpdate();
    try {
      await route.load();
      this.loaded = route.path;
    } catch (error) {
      this.problem = String(error);
    }
    document.title = `${t(route.label)} · Wactorz`;
    this.requestUpdate();
  }

  private skip(): void {
    this.renderRoot.querySelector<HTMLElement>("#content")?.focus();
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { display: grid; height: 100%; grid-template: auto auto 1fr / var(--nav-width) minmax(0, 1fr) auto; grid-template-areas: "nav head dock" "nav halt dock" "nav main dock"; }
    .skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; z-index: 9; background: var(--surface); padding: 8px; }
    nav { grid-area: nav; display: flex; flex-direction: column; align-items: stretch; gap: 2px; padding: 10px 6px; border-inline-end: 1px solid var(--line); background: var(--surface); overflow-y: auto; }
    nav .logo { align-self: center; margin-bottom: 8px; border-radius: 9px; }
    nav a, nav .more { display: flex; flex-direction: column; align-items: center; gap: 2px; min-height: 48px; padding: 7px 0; border-radius: var(--radius-small); color: var(--muted); font-size: 11px; letter-spacing: -0.01em; text-decoration: none; } nav span { max-width: 100%; overflow: hidden; text-overflow: ellipsis; }
    nav a:hover { background: var(--sunken); color: var(--text); }
    nav :is(a, .more)[aria-current] { background: var(--accent-soft); color: var(--accent); font-weight: 600; }
    nav a, nav .more { position: relative; } nav .count { position: absolute; top: 2px; inset-inline-start: calc(50% + 4px); min-width: 18px; padding: 0 5px; border-radius: 9px; background: var(--bad); color: var(--surface); font-size: 11px; line-height: 18px; text-align: center; }
    nav .more { display: none; } nav .more .count { inset-inline-start: calc(50% + 9px); } nav .rest { display: contents; }
    header { grid-area: head; padding: 10px 18px; min-height: 56px; border-bottom: 1px solid var(--line); background: var(--surface); flex-wrap: nowrap; }
    .notes { grid-area: halt; } wz-setup-card:not(:defined) { display: block; min-height: 47px; } .away { display: grid; place-content: center; justify-items: center; gap: 8px; min-height: 60%; }
    main { grid-area: main; min-height: 0; overflow: auto; padding: 16px 18px; position: relative; }
    main:focus-visible { outline: none; }
    .dock { grid-area: dock; width: var(--dock-width); min-height: 0; border-inline-start: 1px solid var(--line); background: var(--surface); }
    @media (min-width: 1100px) { .dock:not(:defined) { display: block; } }
    @media (max-width: 1099px) { .dock, .dock-button { display: none; } }
    @media (max-width: 719px) {
      wz-setup-card:not(:defined) { min-height: 92px; }
      :host { grid-template: auto auto 1fr auto / minmax(0, 1fr); grid-template-areas: "head" "halt" "main" "nav"; }
      nav { flex-direction: row; justify-content: space-around; border: 0; border-top: 1px solid var(--line); padding: 4px 4px calc(4px + env(safe-area-inset-bottom)); overflow: visible; position: relative; }
      nav .logo { display: none; } nav a, nav .more { display: flex; flex: 1; min-width: 0; }
      nav .rest { display: none; }
      nav.open .rest { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; position: absolute; inset-inline: 8px; bottom: calc(100% + 6px); padding: 8px; background: var(--raised); border: 1px solid var(--line); border-radius: var(--radius); box-shadow: var(--shadow); z-index: 5; }
      header { padding: 6px 12px; } main { padding: 12px; }
    }`;
}

customElements.define("wz-app", App);
