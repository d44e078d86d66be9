import { type Around, declutter, type Place, type Wish } from "./declutter";

/** A name that wants to be shown. */
export interface Label extends Wish {
  text: string;
  kind: "agent" | "device" | "area" | "room" | "marked";
}

const LETTER_PX: Record<Label["kind"], number> = { agent: 6.2, device: 5.7, area: 7, room: 6.1, marked: 6.8 };
const WIDE_PX = 12;
const WIDE_FROM = 0x2e80;
const PADDING_PX = 10;

/** Names over the scene: elements that are moved; names that would lie over something are left out. */
export class Labels {
  private readonly free: HTMLElement[] = [];
  private readonly shown = new Map<string, HTMLElement>();
  private places: ReadonlyMap<string, Place> = new Map();

  constructor(private readonly host: HTMLElement) {}

  /** Show these, the ones that matter first, at most so many. */
  show(labels: readonly Label[], most: number, around: Around): void {
    const places = declutter(labels, around, this.places, most);
    this.places = places;
    for (const [key, element] of this.shown) {
      if (places.has(key)) continue;
      element.hidden = true;
      this.shown.delete(key);
      this.free.push(element);
    }
    for (const label of labels) {
      const place = places.get(label.key);
      if (place) this.put(label, place);
    }
  }

  dispose(): void {
    this.host.replaceChildren();
    this.shown.clear();
    this.free.length = 0;
  }

  private put(label: Label, place: Place): void {
    const element =
      this.shown.get(label.key) ?? this.free.pop() ?? this.host.appendChild(document.createElement("span"));
    this.shown.set(label.key, element);
    if (element.textContent !== label.text) element.textContent = label.text;
    if (element.className !== label.kind) element.className = label.kind;
    element.hidden = false;
    element.style.transform = `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px) translate(-50%, 0)`;
  }
}

/** Pixels that a text takes, at most. */
export function widthOf(text: string, kind: Label["kind"]): number {
  let width = PADDING_PX;
  for (const letter of text) width += (letter.codePointAt(0) ?? 0) >= WIDE_FROM ? WIDE_PX : LETTER_PX[kind];
  return width;
}
