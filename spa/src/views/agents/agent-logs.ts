import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { NodeEvent } from "../../contracts/generated";
import { number } from "../../i18n/texts";
import { asText, LEVELS, type Level, type LogLine } from "../../state/logs";
import { icon } from "../../ui/icons";
import { saveFile } from "../../ui/save-file";
import { shared } from "../../ui/shared";
import { logStyles } from "./agent-logs-styles";
import { t } from "./detail-texts";
import { TailElement } from "./tail-element";

const DRAWN = 250;
const FOLDED = 600;
const NEAR_END = 24;

/** The log of an agent as it grows, with filters; it stays where one reads, and follows the end otherwise. */
export class AgentLogs extends TailElement {
  static override styles = [shared, logStyles];
  static override properties = {
    level: { state: true },
    find: { state: true },
    held: { state: true },
    drawn: { state: true },
    opened: { state: true },
    isAtEnd: { state: true },
  };

  private level: Level = "debug";
  private find = "";
  /** The lines that stand still while it is paused. */
  private held: readonly LogLine[] | null = null;
  private drawn = DRAWN;
  private opened: ReadonlySet<number> = new Set();
  private isAtEnd = true;
  private readTo = 0;
  private from = 0;

  protected override begun(): void {
    this.held = null;
  }

  protected override render(): TemplateResult {
    const all = this.held ?? this.tail?.all() ?? [];
    const found = fitting(all, this.level, this.find);
    const lines = this.inView(found);
    return html`${this.tools(found)}
      ${this.tail?.problem ? html`<p class="error">${t("logProblem", { problem: this.tail.problem })}</p>` : nothing}
      <div class="frame"><div class="lines" role="log" aria-live="off" tabindex="0" aria-label=${this.name} @scroll=${this.scrolled}>
        ${found.length > lines.length ? html`<button class="quiet earlier" @click=${this.showEarlier}>${t("earlier")}</button>` : nothing}
        ${repeat(
          lines,
          (line) => line.number,
          (line) => this.line(line),
        )}
        ${lines.length || this.tail?.loading ? nothing : html`<p class="empty">${t(all.length ? "noFit" : "noLines")}</p>`}
      </div>${this.isAtEnd ? nothing : this.below(found)}</div>
      ${this.count(found.length, all.length)}`;
  }

  protected override updated(_: PropertyValues): void {
    const box = this.box();
    if (!box || !this.isAtEnd) return;
    box.scrollTop = box.scrollHeight;
    this.readTo = this.tail?.all().at(-1)?.number ?? 0;
  }

  /** The last lines; while somebody reads further up, from the first one that was drawn then. */
  private inView(found: readonly LogLine[]): readonly LogLine[] {
    const start = this.isAtEnd ? -1 : found.findIndex((line) => line.at >= this.from);
    const lines =
      start < 0 ? found.slice(-this.drawn) : found.slice(Math.min(start, Math.max(0, found.length - this.drawn)));
    if (this.isAtEnd) this.from = lines[0]?.at ?? 0;
    return lines;
  }

  private tools(found: readonly LogLine[]): TemplateResult {
    const NAMES = { debug: "levelAll", info: "levelInfo", warning: "levelWarning", error: "levelError" } as const;
    return html`<div class="row tools">
      <select aria-label=${t("level")} @change=${(event: Event) => {
        this.level = (event.target as HTMLSelectElement).value as Level;
      }}>${LEVELS.map((level) => html`<option value=${level} ?selected=${level === this.level}>${t(NAMES[level])}</option>`)}</select>
      <input type="search" class="grow" placeholder=${t("find")} aria-label=${t("find")} .value=${this.find} @input=${(
        event: Event,
      ) => {
        this.find = (event.target as HTMLInputElement).value;
      }}>
      <button aria-pressed=${this.held !== null} @click=${this.hold}>${icon(this.held ? "play" : "pause", 16)}${t(this.held ? "follow" : "pause")}</button>
      <button @click=${() => saveFile(`${this.name.replace(/[^\w.-]+/g, "_")}.log`, asText(found))}>${icon("download", 16)}${t("download")}</button>
    </div>`;
  }

  private line(line: LogLine): TemplateResult {
    if (line.event)
      return html`<div class="line event"><time>${clock(line.at)}</time><span class="level">•</span><span class="text">${eventText(line.event)}</span></div>`;
    const isLong = line.text.length > FOLDED && !this.opened.has(line.number);
    return html`<div class="line is-${line.level}">
      <time>${clock(line.at)}</time><span class="level">${line.level}</span>
      <span class="text">${isLong ? line.text.slice(0, FOLDED) : line.text}${
        isLong
          ? html` <button class="quiet whole" @click=${() => this.open(line.number)}>${t("showAll")}</button>`
          : line.more
            ? html` <span class="muted">${t("more", { count: number(line.more) })}</span>`
            : nothing
      }${line.traceback ? html`<pre class="trace">${line.traceback}</pre>` : nothing}</span></div>`;
  }

  private below(found: readonly LogLine[]): TemplateResult {
    const fresh = found.filter((line) => line.number > this.readTo).length;
    return html`<button class="primary below" @click=${this.toEnd}>
      ${icon("chevron", 14)}${fresh ? t("newLines", { count: number(fresh) }) : t("toEnd")}</button>`;
  }

  private count(shown: number, count: number): TemplateResult {
    const dropped = this.tail?.dropped ?? 0;
    return html`<p class="small muted count">${t("lines", { shown: number(shown), count: number(count) })}
      ${dropped ? html`· ${t("dropped", { count: number(dropped) })}` : nothing}</p>`;
  }

  private readonly hold = (): void => {
    this.held = this.held ? null : (this.tail?.all() ?? []);
  };

  private readonly toEnd = (): void => {
    this.isAtEnd = true;
    this.held = null;
  };

  private readonly showEarlier = (): void => {
    this.drawn += DRAWN;
  };

  private readonly scrolled = (): void => {
    const box = this.box();
    if (box) this.isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
  };

  private open(line: number): void {
    this.opened = new Set([...this.opened, line]);
  }

  private box(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(".lines");
  }
}

/** The lines of at least a level in which all words stand. */
export function fitting(lines: readonly LogLine[], level: Level, find: string): readonly LogLine[] {
  const least = LEVELS.indexOf(level);
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (!least && !words.length) return lines;
  return lines.filter((line) => {
    if (LEVELS.indexOf(line.level) < least) return false;
    const text = line.text.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function eventText(event: NodeEvent): string {
  const code = event.exit_code == null ? "?" : event.exit_code < 0 ? `signal ${-event.exit_code}` : event.exit_code;
  return t(`${event.kind}Event`, { pid: event.pid ?? "", code, delay: number(event.delay ?? 0, 1) });
}

function clock(at: number): string {
  const date = new Date(at * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

customElements.define("wz-agent-logs", AgentLogs);
