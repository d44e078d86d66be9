/** Where a name stands: under, over or beside what it names. */
export type Side = "below" | "above" | "right" | "left" | "center";

/** A rectangle of the screen in CSS pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A name that wants to be seen around a point; the lower the rank, the more it matters. */
export interface Wish {
  key: string;
  /** Pixels of its text. */
  width: number;
  /** What it names: a disc around the point; 0: the name lies on the point. */
  x: number;
  y: number;
  radius: number;
  rank: number;
  /** It is shown whatever it lies over. */
  isForced: boolean;
}

/** A disc that names of others do not lie over. */
export interface Disc {
  key: string;
  x: number;
  y: number;
  radius: number;
}

/** What there is to keep clear of. */
export interface Around {
  width: number;
  height: number;
  discs: readonly Disc[];
  /** Parts of the screen that something else lies over. */
  covered: readonly Box[];
}

/** Where a chosen name is: its middle and its upper edge. */
export interface Place {
  side: Side;
  x: number;
  y: number;
}

/** Height of a name in pixels. */
export const HEIGHT = 17;
const GAP = 3;
// who was shown stays until it really is in the way; who was not comes only where there is room to spare
const KEPT_RANK = 0.7;
const KEPT_SLACK = 4;
const NEW_MARGIN = 4;
const SIDES: readonly Side[] = ["below", "above", "right", "left"];
const CELL = 64;

/** The names that can be read, by key: who matters more first, none over another one or over another's disc. `before`: what it answered last. */
export function declutter(
  wishes: readonly Wish[],
  around: Around,
  before: ReadonlyMap<string, Place>,
  most: number,
): Map<string, Place> {
  const rank = (wish: Wish): number => wish.rank - (before.has(wish.key) ? KEPT_RANK : 0);
  const discs = new Grid<Disc>();
  for (const disc of around.discs) discs.put(boxOf(disc), disc);
  const names = new Grid<Box>();
  const chosen = new Map<string, Place>();
  for (const wish of [...wishes].sort((a, b) => rank(a) - rank(b))) {
    if (chosen.size >= most) break;
    const place = placeFor(wish, around, before.get(wish.key), names, discs);
    if (!place) continue;
    chosen.set(wish.key, place);
    const box = boxAt(wish, place);
    names.put(box, box);
  }
  return chosen;
}

function placeFor(
  wish: Wish,
  around: Around,
  before: Place | undefined,
  names: Grid<Box>,
  discs: Grid<Disc>,
): Place | null {
  const sides = new Set<Side>([
    ...(before ? [before.side] : []),
    ...(wish.radius ? [] : ["center" as const]),
    ...SIDES,
  ]);
  for (const side of sides) {
    const place = stand(wish, side);
    const box = boxAt(wish, place);
    if (box.left < 0 || box.top < 0 || box.right > around.width || box.bottom > around.height) continue;
    if (wish.isForced) return place;
    const looked = grown(box, before?.side === side ? -KEPT_SLACK : NEW_MARGIN);
    if (around.covered.some((one) => meets(looked, one)) || names.near(looked).some((one) => meets(looked, one)))
      continue;
    if (!discs.near(looked).some((disc) => disc.key !== wish.key && covers(disc, looked))) return place;
  }
  return wish.isForced ? stand(wish, "below") : null;
}

function stand(wish: Wish, side: Side): Place {
  const { x, y, radius, width } = wish;
  const beside = radius + GAP + width / 2;
  if (side === "above") return { side, x, y: y - radius - GAP - HEIGHT };
  if (side === "right") return { side, x: x + beside, y: y - HEIGHT / 2 };
  if (side === "left") return { side, x: x - beside, y: y - HEIGHT / 2 };
  return { side, x, y: side === "center" ? y : y + radius + GAP };
}

function boxAt(wish: Wish, place: Place): Box {
  const half = wish.width / 2;
  return { left: place.x - half, right: place.x + half, top: place.y, bottom: place.y + HEIGHT };
}

function boxOf({ x, y, radius }: Disc): Box {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function grown(box: Box, by: number): Box {
  return { left: box.left - by, right: box.right + by, top: box.top - by, bottom: box.bottom + by };
}

function meets(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function covers(disc: Disc, box: Box): boolean {
  const x = Math.max(box.left, Math.min(disc.x, box.right));
  const y = Math.max(box.top, Math.min(disc.y, box.bottom));
  return (x - disc.x) ** 2 + (y - disc.y) ** 2 < disc.radius ** 2;
}

/** Things by the parts of the screen that they lie in. */
class Grid<T> {
  private readonly cells = new Map<number, T[]>();

  put(box: Box, thing: T): void {
    for (const cell of cellsOf(box)) {
      const things = this.cells.get(cell);
      if (things) things.push(thing);
      else this.cells.set(cell, [thing]);
    }
  }

  near(box: Box): T[] {
    return cellsOf(box).flatMap((cell) => this.cells.get(cell) ?? []);
  }
}

function cellsOf(box: Box): number[] {
  const ROW = 4096;
  const cells: number[] = [];
  const at = (pixels: number): number => Math.max(-8, Math.min(ROW - 16, Math.floor(pixels / CELL)));
  for (let row = at(box.top); row <= at(box.bottom); row += 1)
    for (let column = at(box.left); column <= at(box.right); column += 1) cells.push(row * ROW + column);
  return cells;
}
