import { css, html, type PropertyValues, type TemplateResult } from "lit";
import type { Box } from "../../scene/declutter";
import type { Facts } from "../../scene/facts";
import type { FrameFigures } from "../../scene/loop";
import type { Level } from "../../scene/quality";
import type { View } from "../../scene/rig";
import type { World } from "../../scene/world";
import { theme } from "../../state/preferences";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { afterPaint } from "../../ui/paint";
import { shared } from "../../ui/shared";
import { t } from "./texts";

const ZOOM_STEP = 0.85;
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [1, 0],
  ArrowRight: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The drawn scene. Tells `pick` {key, isDouble}, `walk` {step}, `leave`, `level` and `lost`. */
export class SceneCanvas extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    facts: { attribute: false },
    covered: { attribute: false },
    view: {},
    selected: {},
    still: { type: Boolean },
    paused: { type: Boolean },
    ready: { state: true },
  };

  facts: Facts | null = null;
  /** Parts of it that something else lies over. */
  covered: readonly Box[] = [];
  view: View = "orbit";
  selected = "";
  still = false;
  paused = false;
  private ready = false;
  private world: World | null = null;
  private opening = 0;
  private readonly scheme = window.matchMedia("(prefers-color-scheme: dark)");
  private readonly recolor = (): void => this.world?.recolor();

  protected override follows(): readonly Observable[] {
    return [theme];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.scheme.addEventListener("change", this.recolor);
    if (this.hasUpdated) void this.openWorld();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scheme.removeEventListener("change", this.recolor);
    this.closeWorld();
  }

  /** Look at everything again. */
  home(): void {
    this.world?.sight.home();
  }

  /** Figures of the frames drawn so far. */
  get figures(): FrameFigures {
    return this.world?.figures ?? { drawn: 0, slowest: 0, intervals: [] };
  }

  /** How much detail was given up. */
  get level(): Level {
    return this.world?.level ?? 0;
  }

  protected override render(): TemplateResult {
    return html`<div class="stage ${this.view}" tabindex="0" role="application" aria-label=${t("sceneLabel")} @keydown=${this.key}>
      <canvas aria-hidden="true"></canvas>
      <div class="labels" aria-hidden="true"></div>
      ${this.ready ? "" : html`<p class="empty wait" role="status">${t("loading")}</p>`}
    </div>`;
  }

  protected override firstUpdated(): void {
    void this.openWorld();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("view") && changed.get("view") !== undefined) void this.openWorld();
    const { world } = this;
    if (!world) return;
    if (changed.has("covered")) world.setCovered(this.covered);
    if (changed.has("facts") && this.facts) world.set(this.facts);
    if (changed.has("selected")) world.select(this.selected, this.selected !== "");
    if (changed.has("still")) world.setStill(this.still);
    if (changed.has("paused")) world.setPaused(this.paused);
    if (!changed.size) world.recolor();
  }

  private async openWorld(): Promise<void> {
    this.closeWorld();
    const turn = ++this.opening;
    try {
      await afterPaint();
      if (turn !== this.opening) return;
      const { World } = await import("../../scene/world");
      if (turn !== this.opening || !this.isConnected) return;
      this.makeWorld(World);
    } catch {
      this.tell("lost", { isNew: true });
    }
  }

  private makeWorld(Made: typeof World): void {
    const [canvas, labels] = [this.renderRoot.querySelector("canvas"), this.renderRoot.querySelector(".labels")];
    if (!(canvas && labels)) return;
    const fresh = canvas.cloneNode() as HTMLCanvasElement;
    canvas.replaceWith(fresh);
    const world = new Made(fresh, labels as HTMLElement, this.view, {
      picked: (key, isDouble) => this.tell("pick", { key, isDouble }),
      level: (level) => this.tell("level", { level }),
      lost: () => this.tell("lost", { isNew: false }),
    });
    this.world = world;
    world.setStill(this.still);
    world.setPaused(this.paused);
    world.setCovered(this.covered);
    if (this.facts) world.set(this.facts);
    world.select(this.selected, false);
    this.ready = true;
    this.tell("level", { level: world.level });
  }

  private closeWorld(): void {
    this.opening += 1;
    this.world?.dispose();
    this.world = null;
  }

  private key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (arrow) this.world?.sight.nudge(...arrow);
    else if (event.key === "+" || event.key === "=") this.world?.sight.zoom(ZOOM_STEP);
    else if (event.key === "-") this.world?.sight.zoom(1 / ZOOM_STEP);
    else if (event.key === "Home") this.world?.sight.home();
    else if (event.key === "Enter") this.tell("pick", { key: this.selected, isDouble: true });
    else if (event.key === "Escape") this.tell("leave", {});
    else if (event.key === "Tab" && this.walk(event.shiftKey ? -1 : 1)) event.stopPropagation();
    else return;
    event.preventDefault();
  }

  /** Go to the next agent; false at the end, where Tab leaves the scene. */
  private walk(step: number): boolean {
    return !this.dispatchEvent(new CustomEvent("walk", { detail: { step }, cancelable: true }));
  }

  private tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { position: absolute; inset: 0; }
    .stage { --star: light-dark(transparent, rgb(220 235 255 / 34%)); --faint: light-dark(transparent, rgb(220 235 255 / 18%)); position: absolute; inset: 0; overflow: hidden; touch-action: none; user-select: none; cursor: grab;
      background:
        radial-gradient(1.2px 1.2px at 13% 22%, var(--star), transparent) 0 0 / 530px 470px, radial-gradient(1px 1px at 71% 64%, var(--faint), transparent) 0 0 / 390px 410px,
        radial-gradient(1px 1px at 42% 87%, var(--faint), transparent) 0 0 / 310px 350px, radial-gradient(1.4px 1.4px at 86% 11%, var(--star), transparent) 0 0 / 690px 610px,
        radial-gradient(ellipse 75% 70% at 50% 46%, light-dark(#ffffff, #16202c) 0%, light-dark(#eef1f5, #0b1017) 70%, light-dark(#e4e8ee, #070a0f) 100%); }
    .stage.top { background: light-dark(#f8f9fb, #0b1017); }
    .stage:active { cursor: grabbing; }
    .stage:focus-visible { outline-offset: -3px; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; outline: none; }
    .labels { position: absolute; inset: 0; pointer-events: none; overflow: hidden; contain: strict; }
    .labels span { position: absolute; left: 0; top: 0; white-space: nowrap; unicode-bidi: isolate; font-size: 11.5px; line-height: 16px; color: var(--text); padding: 0 4px; border-radius: 4px; text-shadow: 0 0 3px var(--bg), 0 0 6px var(--bg); }
    .labels .area { font-size: 12px; font-weight: 650; color: var(--muted); letter-spacing: 0.02em; }
    .labels .room { font-size: 11px; color: var(--muted); letter-spacing: 0.02em; }
    .labels .device { font-size: 10.5px; color: var(--muted); }
    .labels .marked { background: var(--raised); border: 1px solid var(--line); font-weight: 600; text-shadow: none; z-index: 1; }
    .wait { position: absolute; inset: 40% 0 auto; }`;
}

customElements.define("wz-scene-canvas", SceneCanvas);
