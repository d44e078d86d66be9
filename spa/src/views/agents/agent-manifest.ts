import { css, html, nothing, type TemplateResult } from "lit";
import { manifests } from "../../state/agents";
import type { Observable } from "../../state/store";
import { shown } from "../../state/topics";
import { Element } from "../../ui/element";
import { shared } from "../../ui/shared";
import { t } from "./detail-texts";

const MOST = 60;

/** What an agent says it can do, and what it was really seen to send. */
export class AgentManifestPart extends Element {
  static override styles = [shared, styles()];
  static override properties = { agentId: {} };

  agentId = "";

  protected override follows(): readonly Observable[] {
    return [manifests];
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
      ${
        Object.keys(told.observed_samples ?? {}).length
          ? html`<section class="card"><h3>${t("samples")}</h3>
        <pre>${shown(told.observed_samples, 2)}</pre></section>`
          : nothing
      }
    </div>`;
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
        html`<li><a class="mono foreign" href="#/topics/${encodeURIComponent(topic)}">${topic.slice(0, 300)}</a></li>`,
    )}</ul></section>`;
}

function fields(title: string, schema: Record<string, unknown> | undefined): TemplateResult | typeof nothing {
  const entries = Object.entries(schema ?? {}).slice(0, MOST);
  if (!entries.length) return nothing;
  return html`<section class="card"><h3>${title}</h3><table><thead><tr><th>${t("field")}</th><th>${t("meaning")}</th></tr></thead>
    <tbody>${entries.map(
      ([name, meaning]) => html`<tr><td class="mono foreign">${name.slice(0, 200)}</td>
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
