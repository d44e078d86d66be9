import { css, html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import type uPlot from "uplot";
import plotStyles from "uplot/dist/uPlot.min.css?inline";
import { dollars, moment, number } from "../i18n/texts";
import { theme } from "../state/preferences";
import type { Observable } from "../state/store";
import { align, type ChartMark, type ChartSeries, extent, isCounted, TONES, toneOf } from "./chart-data";
import { type PlotWishes, plotOptions } from "./chart-plot";
import { t } from "./chart-texts";
import { Element } from "./element";
import { shared } from "./shared";

export type { ChartMark, ChartPoint, ChartSeries, ChartTone } from "./chart-data";

const DARK = matchMedia("(prefers-color-scheme: dark)");

/** A chart over time; the drawing code is loaded when the first chart is shown. */
export class Chart extends Element {
  static override styles = [shared, unsafeCSS(plotStyles), styles()];
  static override properties = {
    series: { attribute: false },
    marks: { attribute: false },
    unit: {},
    label: {},
    height: { type: Number },
    at: { state: true },
  };

  /** What is drawn. */
  series: readonly ChartSeries[] = [];
  /** Moments worth a mark. */
  marks: readonly ChartMark[] = [];
  /** Unit of the values, such as MiB; USD writes sums of money. */
  unit = "";
  /** What the chart is about, for those who cannot see it. */
  label = "";
  /** Height of the drawing in pixels. */
  height = 160;

  private at: number | null = null;
  private plot: uPlot | null = null;
  private kit: typeof uPlot | null = null;
  private drawn = "";
  private sizes: ResizeObserver | null = null;

  protected override follows(): readonly Observable[] {
    return [theme];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    DARK.addEventListener("change", this.redraw);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    DARK.removeEventListener("change", this.redraw);
    this.sizes?.disconnect();
    this.sizes = null;
    this.drop();
  }

  protected override render(): TemplateResult {
    const isEmpty = this.series.every((one) => !one.points.length);
    return html`
      <div class="legend row small">${this.series.map((one, index) => this.entry(one, index))}${this.pointed()}</div>
      <div class="plot" role="img" aria-label=${this.spoken()}></div>
      ${isEmpty ? html`<p class="none muted small">${t("nothing")}</p>` : nothing}
      <span class="probes" aria-hidden="true">${["text", "grid", ...TONES].map((tone) => html`<i class=${tone} data-tone=${tone}></i>`)}</span>`;
  }

  protected override updated(changed: PropertyValues): void {
    const plot = this.renderRoot.querySelector<HTMLElement>(".plot");
    plot?.style.setProperty("min-height", `${this.height}px`);
    if (plot && !this.sizes && this.isConnected) {
      this.sizes = new ResizeObserver(() => this.fit());
      this.sizes.observe(plot);
    }
    if (changed.size === 1 && changed.has("at")) return;
    this.draw();
  }

  private entry(series: ChartSeries, index: number): TemplateResult {
    const value = this.valueAt(index) ?? extent(series)?.last;
    return html`<span class="entry"><i class="key ${toneOf(series, index)}"></i><span class="foreign">${series.label}</span>
      <b>${value === undefined ? "–" : this.write(value)}</b></span>`;
  }

  private pointed(): TemplateResult | typeof nothing {
    const at = this.at === null ? undefined : this.plot?.data[0][this.at];
    return at === undefined ? nothing : html`<span class="muted when">${moment(at)}</span>`;
  }

  private valueAt(index: number): number | undefined {
    const value = this.at === null ? undefined : this.plot?.data[index + 1]?.[this.at];
    return value ?? undefined;
  }

  private spoken(): string {
    const parts = this.series.map((one) => {
      const found = extent(one);
      if (!found) return `${one.label}: ${t("nothing")}`;
      const [last, min, max] = [this.write(found.last), this.write(found.min), this.write(found.max)];
      return t("summary", { label: one.label, last, min, max });
    });
    return [this.label, ...parts].filter(Boolean).join(". ");
  }

  private write(value: number): string {
    if (this.unit === "USD") return dollars(value);
    const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 1 ? 1 : 3;
    return number(value, digits) + (this.unit ? ` ${this.unit}` : "");
  }

  private async load(): Promise<void> {
    this.kit ??= (await import("uplot")).default;
    await this.updateComplete;
    this.draw();
  }

  private readonly redraw = (): void => this.requestUpdate();

  private draw(): void {
    const into = this.renderRoot.querySelector<HTMLElement>(".plot");
    if (!this.kit || !into || !this.isConnected) return;
    const colors = this.colors();
    const look = JSON.stringify([
      isCounted(this.series),
      this.series.map((one) => [one.label, one.shape, one.tone, one.points.length === 1]),
      colors,
      this.unit,
      this.height,
      document.documentElement.lang,
    ]);
    const data = align(this.series);
    if (this.plot && look === this.drawn) {
      this.plot.setData(data);
      return;
    }
    this.drop();
    this.drawn = look;
    const width = into.clientWidth || this.clientWidth || 300;
    const wishes: PlotWishes = {
      width,
      height: this.height,
      colors,
      marks: () => this.marks,
      shown: () => this.series,
      write: (value) => this.write(value),
      hover: (index) => {
        this.at = index;
      },
    };
    this.plot = new this.kit(plotOptions(this.kit, this.series, wishes), data, into);
  }

  private fit(): void {
    const width = this.renderRoot.querySelector(".plot")?.clientWidth ?? 0;
    if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.height });
  }

  private drop(): void {
    this.plot?.destroy();
    this.plot = null;
    this.drawn = "";
  }

  private colors(): PlotWishes["colors"] {
    const probes = [...this.renderRoot.querySelectorAll<HTMLElement>(".probes i")];
    const pairs = probes.map((probe) => [probe.dataset["tone"], getComputedStyle(probe).color]);
    return Object.fromEntries(pairs) as PlotWishes["colors"];
  }
}

function styles(): ReturnType<typeof css> {
  return css`
    :host { position: relative; min-width: 0; }
    .legend { gap: 4px 14px; margin-bottom: 4px; }
    .entry { display: inline-flex; align-items: center; gap: 6px; } .entry b { font-variant-numeric: tabular-nums; }
    .key { width: 12px; height: 3px; border-radius: 2px; background: currentColor; }
    .when { margin-inline-start: auto; font-variant-numeric: tabular-nums; }
    .plot { min-width: 0; overflow: hidden; direction: ltr; }
    .none { position: absolute; inset: auto 0 45%; text-align: center; pointer-events: none; }
    .probes { position: absolute; width: 0; height: 0; overflow: hidden; }
    .text { color: var(--muted); } .grid { color: var(--line); }
    .accent { color: var(--accent); } .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
    .muted.muted { color: var(--muted); } .blue { color: light-dark(#2563c9, #79b0ff); } .violet { color: light-dark(#7a3fc4, #c49bff); }
    .u-cursor-x { border-color: var(--muted); }
  `;
}

customElements.define("wz-chart", Chart);
