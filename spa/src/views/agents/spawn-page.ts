import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { AgentManifest } from "../../contracts/generated";
import { sentenceOf } from "../../gateway/errors";
import { call } from "../../gateway/rest";
import { manifests } from "../../state/agents";
import { sayHere } from "../../state/saying";
import { may, session } from "../../state/session";
import type { Observable } from "../../state/store";
import { Element } from "../../ui/element";
import { nameOf } from "../../ui/foreign";
import { icon } from "../../ui/icons";
import { shared } from "../../ui/shared";
import "./spawn-form";
import { t } from "./spawn-texts";
import { agentLink } from "./words";

const WAYS = ["say", "form", "catalogue"] as const;

/** The page for a new agent: in a sentence, as a form, or from the catalogue; also for editing one. */
export class SpawnPage extends Element {
  static override styles = [shared, styles()];
  static override properties = {
    edited: {},
    way: { state: true },
    sentence: { state: true },
    spec: { state: true },
    problem: { state: true },
  };

  /** Name of the agent that is edited; empty for a new one. */
  edited = "";
  private way: (typeof WAYS)[number] = "say";
  private sentence = "";
  private spec: Record<string, unknown> | null = null;
  private problem = "";

  protected override follows(): readonly Observable[] {
    return [session, manifests];
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("edited")) return;
    this.spec = null;
    this.problem = "";
    if (this.edited) void this.load(this.edited);
  }

  protected override render(): TemplateResult {
    const title = this.edited ? t("editTitle", { name: nameOf(this.edited) }) : t("title");
    const back = this.edited ? agentLink(this.edited) : "#/agents";
    return html`<a class="back reach small" href=${back}>${icon("chevron", 14)}${this.edited ? html`<span class="foreign">${nameOf(this.edited)}</span>` : t("all")}</a>
      <h2 class="foreign">${title}</h2>
      ${may("admin") ? (this.edited ? this.editing() : this.making()) : html`<p class="empty">${t("roleNote")}</p>`}`;
  }

  private editing(): TemplateResult | typeof nothing {
    if (this.problem) return html`<p class="error">${t("loadProblem", { problem: this.problem })}</p>`;
    return this.spec ? html`<wz-spawn-form .spec=${this.spec}></wz-spawn-form>` : nothing;
  }

  private making(): TemplateResult {
    return html`<div class="row ways" role="tablist" aria-label=${t("ways")}>${WAYS.map(
      (way) =>
        html`<button role="tab" id=${way} aria-controls="way" aria-selected=${way === this.way} class=${way === this.way ? "primary" : ""} @click=${() => {
          this.way = way;
        }}>${t(way)}</button>`,
    )}</div>
    <div id="way" role="tabpanel" aria-labelledby=${this.way}>
      ${this.way === "say" ? this.saying() : this.way === "form" ? html`<wz-spawn-form></wz-spawn-form>` : this.recipes()}</div>`;
  }

  private saying(): TemplateResult {
    return html`<form class="stack" @submit=${this.say}>
      <label for="sentence">${t("sayLabel")}</label>
      <textarea id="sentence" rows="4" placeholder=${t("sayExample")} .value=${this.sentence} @input=${(
        event: Event,
      ) => {
        this.sentence = (event.target as HTMLTextAreaElement).value;
      }}></textarea>
      <p class="small muted">${t("sayHint")}</p>
      <div class="row end"><button class="primary" ?disabled=${!this.sentence.trim()}>${icon("send", 16)}${t("saySend")}</button></div>
    </form>`;
  }

  private recipes(): TemplateResult {
    const found = manifests.all().filter(isRecipe);
    if (!found.length) return html`<p class="empty">${t("noRecipes")}</p>`;
    return html`<div class="stack">${found.map(
      (recipe) => html`<article class="card row spread"><div class="grow"><h3 class="foreign">${recipe.name}</h3>
        <p class="small foreign">${recipe.description.slice(0, 400)}</p>
        <p class="small muted foreign">${t("recipeOf", { name: recipe.catalog })}</p></div>
        <button @click=${() => this.order(`@${recipe.catalog} spawn ${recipe.name}`)}>${t("recipeSpawn")}</button></article>`,
    )}</div>`;
  }

  private readonly say = (event: Event): void => {
    event.preventDefault();
    if (this.sentence.trim()) this.order(this.sentence.trim());
  };

  private order(sentence: string): void {
    sayHere(sentence);
    location.hash = "#/chat";
  }

  private async load(name: string): Promise<void> {
    try {
      this.spec = (await call("GET /api/agents/{name}/spec", { path: { name } })).spec;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }
}

type Recipe = AgentManifest & { spawnable: true; catalog: string };

/** Whether a manifest is that of an agent which a catalogue could spawn. */
export function isRecipe(manifest: AgentManifest): manifest is Recipe {
  const more = manifest as AgentManifest & { spawnable?: unknown; catalog?: unknown };
  return more.spawnable === true && typeof more.catalog === "string" && more.catalog !== "";
}

function styles(): ReturnType<typeof css> {
  return css`
    .back { display: inline-flex; align-items: center; gap: 2px; text-decoration: none; margin-bottom: 6px; } .back .icon { transform: rotate(180deg); }
    .ways { margin: 12px 0 16px; } form { max-width: 900px; } .end { justify-content: flex-end; } textarea { font-size: 16px; }
    h2 { margin-bottom: 8px; }
  `;
}

customElements.define("wz-spawn-page", SpawnPage);
