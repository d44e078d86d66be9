import { html, type TemplateResult } from "lit";
import { Element } from "../../ui/element";

/** The view `scene`. */
export class SceneView extends Element {
  protected override render(): TemplateResult {
    return html`<p class="empty">${"scene"}</p>`;
  }
}

customElements.define("wz-scene-view", SceneView);
