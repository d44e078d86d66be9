import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { AgentView } from "../../contracts/rest";
import { dollars } from "../../i18n/texts";
import { isWorking } from "../../scene/gather";
import { shortText } from "../../scene/names";
import { shownState } from "../../state/agents";
import { agentPlace, onSignal } from "../../state/flows";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { stateBadge } from "../../ui/state-badge";
import { doing, type GroupRows, lastBeat } from "./roster";
import { t } from "./texts";

const NAME_LENGTH = 48;
const BEAT_MS = 900;
const BEATS_AT_ONCE = 60;

/** Agents as cards, in groups, each with what it does now. Tells `pick` {key}. */
export class CardWall extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    groups: { attribute: false },
    device: { attribute: false },
    selected: {},
    still: { type: Boolean },
  };

  groups: readonly GroupRows[] = [];
  device: (entityId: string) => string = String;
  selected = "";
  still = false;
  private beating = 0;
  private end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.end = onSignal(({ kind, from }) => {
      if (kind === "beat" && !this.still && !document.hidden) this.beat(from);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end?.();
  }

  protected override render(): TemplateResult {
    const now = Date.now() / 1000;
    if (!this.groups.length) return html`<p class="empty">${t("noneFound")}</p>`;
    return html`${repeat(
      this.groups,
      (group) => group.group,
      (
        group,
      ) => html`<section><h2 class="foreign">${shortText(group.label)} <span class="muted small">${group.rows.length}</span></h2>
        <ul>${repeat(
          group.rows,
          (agent) => agent.id,
          (agent) => this.card(agent, now),
        )}</ul></section>`,
    )}`;
  }

  private card(agent: AgentView, now: number): TemplateResult {
    const key = agentPlace(agent.name);
    const state = shownState(agent, now);
    return html`<li><button class="${state} ${isWorking(agent) ? "busy" : ""}" data-key=${key} aria-pressed=${key === this.selected}
      @click=${() => this.dispatchEvent(new CustomEvent("pick", { detail: { key, isDouble: false } }))}>
      <span class="top"><span class="heart" aria-hidden="true"></span><strong class="foreign clip">${shortText(agent.name, NAME_LENGTH)}</strong></span>
      <span class="doing foreign">${doing(agent, this.device)}</span>
      <span class="foot">${stateBadge(state)}<span class="muted">${lastBeat(agent, now)}</span>
        ${agent.costUsd ? html`<span class="cost">${dollars(agent.costUsd)}</span>` : nothing}</span>
    </button></li>`;
  }

  private beat(key: string): void {
    if (this.beating >= BEATS_AT_ONCE) return;
    const heart = this.renderRoot.querySelector(`button[data-key="${CSS.escape(key)}"] .heart`);
    if (!heart?.checkVisibility()) return;
    this.beating += 1;
    const pulse = heart.animate(
      [{ transform: "scale(1)" }, { transform: "scale(1.9)" }, { transform: "scale(1)" }],
      BEAT_MS,
    );
    pulse.onfinish = pulse.oncancel = () => {
      this.beating -= 1;
    };
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    section { margin-bottom: 18px; } h2 { margin: 0 2px 8px; font-size: 15px; }
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)); }
    li { content-visibility: auto; contain-intrinsic-size: auto 112px; }
    button { width: 100%; height: 100%; min-height: 108px; padding: 12px 14px; display: grid; grid-template-rows: auto 1fr auto; gap: 6px; justify-content: stretch; text-align: start; white-space: normal; border-radius: var(--radius); background: var(--surface); border-inline-start: 4px solid var(--muted); }
    button[aria-pressed="true"] { outline: 2px solid var(--accent); }
    .top, .foot { display: flex; align-items: center; gap: 8px; min-width: 0; } .foot { font-size: 12px; flex-wrap: wrap; }
    .heart { width: 9px; height: 9px; border-radius: 50%; background: var(--muted); flex: none; }
    .doing { font-size: 13px; color: var(--muted); display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
    .busy .doing { color: var(--text); }
    .cost { margin-inline-start: auto; font-variant-numeric: tabular-nums; }
    .running { border-inline-start-color: var(--good); } .running .heart { background: var(--good); }
    .busy { background: color-mix(in srgb, var(--accent-soft) 55%, var(--surface)); }
    .degraded, .late { border-inline-start-color: var(--warn); } .degraded .heart, .late .heart { background: var(--warn); }
    .failed, .quarantined, .unreachable { border-inline-start-color: var(--bad); } .failed .heart, .quarantined .heart, .unreachable .heart { background: var(--bad); }
    .paused, .initializing { border-inline-start-color: var(--accent); }`;
}

customElements.define("wz-card-wall", CardWall);
