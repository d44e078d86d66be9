import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { loadManifest, manifests } from "../../state/agents";
import type { Observable } from "../../state/store";
import { loadTopic, shown } from "../../state/topics";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { shared } from "../../ui/shared";
import { t } from "./detail-texts";

const MOST = 60;
const SAMPLED = 5;

/** What an agent says it can do, and what it was really seen to send. */
export class AgentManifestPart extends Element {
  static override styles = [shared, styles()];
  static override properties = { agentId: {}, samples: { state: true } };

  agentId = "";
  /** The last message on each of its topics, as the gateway tells it: with secrets covered. */
  private samples: ReadonlyMap<string, unknown> = new Map();
  private sampled = "";

  protected override follows(): readonly Observable[] {
    return [manifests];
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("agentId")) loadManifest(this.agentId).catch(() => undefined); // the page says that it told nothing
    const seen = Object.keys(manifests.get(this.agentId)?.observed_samples ?? {}).slice(0, SAMPLED);
    const wanted = JSON.stringify([this.agentId, seen]);
    if (wanted === this.sampled) return;
    this.sampled = wanted;
    void this.loadSamples(seen);
  }

  protected override render(): TemplateResult {
    const told = manifests.get(this.agentId);
    if (!told) return html`<p class="empty">${t("noManifest")}</p>`;
    return html`<div class="stack">
      ${chips(t("can"), told.capabilities ?? [])}
      ${topicList(t("publishes"), told.publishes ?? [])} ${topicList(t("subscribes"), told.subscribes ?? [])}
      ${fields(t("takes"), told.input_schema)} ${fields(t("gives"), told.output_schema)}
      ${fields(t("sends"), told.produces_schema)} ${fields(t("hears"), told.consumes_schema)}
      ${fields(t("triggers"), told.triggers_when)}
      ${this.seen()}
    </div>`;
  }

  private seen(): TemplateResult | typeof nothing {
    if (!this.samples.size) return nothing;
    return html`<section class="card"><h3>${t("samples")}</h3>${[...this.samples].map(
      ([topic, sample]) =>
        html`<p class="mono small foreign">${nameOf(topic, 300)}</p><pre class="foreign">${shown(sample, 2)}</pre>`,
    )}</section>`;
  }

  private async loadSamples(seen: readonly string[]): Promise<void> {
    const found = await Promise.all(seen.map((topic) => loadTopic(topic).catch(() => undefined)));
    this.samples = new Map(found.flatMap((one) => (one?.sample == null ? [] : [[one.topic, one.sample] as const])));
  }
}

function chips(title: string, words: readonly string[]): TemplateResult | typeof nothing {
  if (!words.length) return nothing;
  return html`<section class="card"><h3>${title}</h3><div class="row">${words
    .slice(0, MOST)
    .map((word) => html`<span class="badge foreign">${word.slice(0, 200)}</span>`)}</div></section>`;
}

function topicList(title: string, topics: readonly string[]): TemplateResult | typeof nothing {
  if (!topics.length) return nothing;
  return html`<section class="card"><h3>${title}</h3><ul>${topics
    .slice(0, MOST)
    .map(
      (topic) =>
        html`<li><a class="mono foreign reach" href="#/topics/${encodeURIComponent(topic)}">${topic.slice(0, 300)}</a></li>`,
    )}</ul></section>`;
}

function fields(title: string, schema: Record<string, unknown> | undefined): TemplateResult | typeof nothing {
  const entries = Object.entries(schema ?? {}).slice(0, MOST);
  if (!entries.length) return nothing;
  return html`<section class="card"><h3>${title}</h3><table><thead><tr><th>${t("field")}</th><th>${t("meaning")}</th></tr></thead>
    <tbody>${entries.map(
      ([name, meaning]) => html`<tr><td class="mono foreign reach">${name.slice(0, 200)}</td>
        <td class="foreign">${shown(meaning).slice(0, 1_000)}</td></tr>`,
    )}</tbody></table></section>`;
}

function styles(): ReturnType<typeof css> {
  return css`
    :host > .stack { grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); }
    h3 { margin-bottom: 6px; } ul { margin: 0; padding-inline-start: 18px; } pre { max-height: 320px; } section { min-width: 0; }
  `;
}

customElements.define("wz-agent-manifest", AgentManifestPart);
