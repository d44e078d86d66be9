/** A name to be shown at a point of the screen; the lower the rank, the more it matters. */
export interface Label {
  key: string;
  text: string;
  kind: "agent" | "device" | "area" | "room" | "marked";
  x: number;
  y: number;
  rank: number;
}

const LETTER_PX = 6.6;
const HEIGHT_PX = 17;
const CELL_PX = 16;

/** Names over the scene: a fixed number of elements that are moved; names that would lie over others are left out. */
export class Labels {
  private readonly free: HTMLElement[] = [];
  private readonly shown = new Map<string, HTMLElement>();

  constructor(private readonly host: HTMLElement) {}

  /** Show these, the ones that matter first, at most so many, within so many CSS pixels. */
  show(labels: readonly Label[], most: number, width: number, height: number): void {
    const chosen = choose(labels, most, width, height);
    const keys = new Set(chosen.map((label) => label.key));
    for (const [key, element] of this.shown) {
      if (keys.has(key)) continue;
      element.hidden = true;
      this.shown.delete(key);
      this.free.push(element);
    }
    for (const label of chosen) this.put(label);
  }

  dispose(): void {
    this.host.replaceChildren();
    this.shown.clear();
    this.free.length = 0;
  }

  private put(label: Label): void {
    const element =
      this.shown.get(label.key) ?? this.free.pop() ?? this.host.appendChild(document.createElement("span"));
    this.shown.set(label.key, element);
    if (element.textContent !== label.text) element.textContent = label.text;
    if (element.className !== label.kind) element.className = label.kind;
    element.hidden = false;
    element.style.transform = `translate(${label.x.toFixed(1)}px, ${label.y.toFixed(1)}px) translate(-50%, 0)`;
  }
}

/** The labels that fit: by rank, none over another one, none outside. */
export function choose(labels: readonly Label[], most: number, width: number, height: number): Label[] {
  const taken = new Set<number>();
  const chosen: Label[] = [];
  for (const label of [...labels].sort((a, b) => a.rank - b.rank)) {
    if (chosen.length >= most) break;
    if (label.x < 0 || label.y < 0 || label.x > width || label.y > height - HEIGHT_PX) continue;
    const cells = cellsOf(label);
    if (label.kind !== "marked" && cells.some((cell) => taken.has(cell))) continue;
    for (const cell of cells) taken.add(cell);
    chosen.push(label);
  }
  return chosen;
}

function cellsOf(label: Label): number[] {
  const half = (Math.min(label.text.length, 40) * LETTER_PX) / 2;
  const [left, right] = [Math.floor((label.x - half) / CELL_PX), Math.floor((label.x + half) / CELL_PX)];
  const [top, bottom] = [Math.floor(label.y / CELL_PX), Math.floor((label.y + HEIGHT_PX) / CELL_PX)];
  const cells: number[] = [];
  for (let row = top; row <= bottom; row += 1)
    for (let column = left; column <= right; column += 1) cells.push(row * 10_000 + column);
  return cells;
}
