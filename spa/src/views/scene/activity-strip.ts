import { css, html, type TemplateResult } from "lit";
import { span } from "../../i18n/texts";
import { activity, type Happening } from "../../state/activity";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { sentence } from "./sentences";
import { t } from "./texts";

const SHOWN = 8;
const DRAWN_EVERY_MS = 700;
const SPOKEN_EVERY_MS = 6_000;
const OLD_SECONDS = 90;

/** The last happenings as sentences; screen readers hear the newest, not too often. */
export class ActivityStrip extends Element {
  static override styles = [shared, styles()];
  static override properties = { names: { attribute: false }, spoken: { state: true } };

  /** Name of an entity. */
  names: (entityId: string) => string = (id) => id;
  private spoken: readonly string[] = [];
  private drawn: readonly Happening[] | null = null;
  private saidAt = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.every(DRAWN_EVERY_MS, () => {
      if (activity.all() !== this.drawn) this.requestUpdate();
    });
    this.every(SPOKEN_EVERY_MS, () => this.speak());
  }

  protected override render(): TemplateResult {
    this.drawn = activity.all();
    const now = Date.now();
    const rows = this.drawn.slice(0, SHOWN);
    return html`<section aria-label=${t("activity")}>
      ${rows.length ? "" : html`<p class="muted small">${t("quiet")}</p>`}
      <ul>${rows.map((row) => this.row(row, (now - row.at) / 1000))}</ul>
      <div class="hidden" role="log" aria-live="polite" aria-label=${t("activity")}>${this.spoken.map((text) => html`<p>${text}</p>`)}</div>
    </section>`;
  }

  private row(row: Happening, age: number): TemplateResult {
    return html`<li class="${row.kind} ${age > OLD_SECONDS ? "old" : ""}">
      <span class="dot"></span><span class="foreign clip">${sentence(row, this.names)}</span>
      <time class="muted">${age < 2 ? "" : span(age)}</time></li>`;
  }

  private speak(): void {
    const newest = activity.all()[0];
    if (!newest || newest.at <= this.saidAt) return;
    this.saidAt = newest.at;
    // a line that stays as it is is not read again
    const before = this.spoken.length < SHOWN ? this.spoken : [];
    this.spoken = [...before, sentence(newest, this.names)];
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 1px; }
    li { display: flex; align-items: center; gap: 7px; font-size: 12.5px; line-height: 20px; min-width: 0; }
    li .clip { min-width: 0; flex: 0 1 auto; }
    li time { font-size: 11px; flex: none; opacity: 0.8; }
    .dot { width: 6px; height: 6px; color: var(--muted); }
    .task .dot { color: var(--accent); } .reply .dot, .spawned .dot { color: var(--good); }
    .chat .dot { color: var(--text); } .actuation .dot, .turned .dot { color: var(--lit); }
    .alert .dot, .approval .dot { color: var(--bad); } .trigger .dot, .state .dot { color: var(--warn); }
    :host([wide]) ul { grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 1px 18px; }
    .old { opacity: 0.65; }`;
}

customElements.define("wz-activity-strip", ActivityStrip);
