import type { PropertyDeclarations, PropertyValues } from "lit";
import { LogTail } from "../../state/logs";
import { Element } from "../../ui/element";

/** Base of what shows the log of an agent: follows it while on the page, and another one when the agent changes. */
export class TailElement extends Element {
  static override properties: PropertyDeclarations = { name: {}, agentId: {} };

  name = "";
  agentId = "";
  protected tail: LogTail | null = null;
  private of = "";

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.tail?.close();
    this.of = "";
  }

  protected override willUpdate(_changed: PropertyValues): void {
    if (!this.isConnected || this.of === this.agentId) return;
    this.tail?.close();
    this.of = this.agentId;
    this.tail = new LogTail(this.name, this.agentId);
    this.tail.subscribe(() => this.requestUpdate());
    this.tail.open();
    this.begun();
  }

  /** Another log is followed from now on. */
  protected begun(): void {}
}
