import { type CSSResultGroup, LitElement } from "lit";
import { language } from "../state/preferences";
import type { Observable } from "../state/store";
import { shared } from "./shared";

/** Base of all elements: draws itself again when what it follows changes. */
export class Element extends LitElement {
  static override styles: CSSResultGroup = shared;

  private ends: (() => void)[] = [];

  /** What this element shows; it is followed while the element is on the page. */
  protected follows(): readonly Observable[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ends = [language, ...this.follows()].map((one) => one.subscribe(() => this.requestUpdate()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.ends) end();
    this.ends = [];
  }

  /** Call `tick` every so many milliseconds while the element is on the page. */
  protected every(milliseconds: number, tick: () => void): void {
    const timer = setInterval(tick, milliseconds);
    this.ends.push(() => clearInterval(timer));
  }
}
