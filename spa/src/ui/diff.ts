/** What became of a line between two texts. */
export interface DiffLine {
  kind: "same" | "gone" | "new";
  text: string;
  /** Its number in the old text and in the new one; 0 where it is not. */
  old: number;
  new: number;
}

const MOST_CELLS = 4_000_000;

/** The lines of two texts, with what went and what came, by their longest common lines. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split("\n");
  const b = after.split("\n");
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const middle = compare(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const kinds: DiffLine["kind"][] = [...same(start), ...middle, ...same(end)];
  return numbered(kinds, a, b);
}

/** Only what changed, with some lines around; null stands for lines that were left out. */
export function shortened(lines: readonly DiffLine[], around = 3): (DiffLine | null)[] {
  const near = new Set<number>();
  for (const [index, line] of lines.entries()) {
    if (line.kind === "same") continue;
    for (let at = index - around; at <= index + around; at += 1) near.add(at);
  }
  const found: (DiffLine | null)[] = [];
  for (const [index, line] of lines.entries()) {
    if (near.has(index)) found.push(line);
    else if (found.at(-1) !== null) found.push(null);
  }
  return found;
}

function same(count: number): "same"[] {
  return new Array<"same">(count).fill("same");
}

function compare(a: readonly string[], b: readonly string[]): DiffLine["kind"][] {
  // Two texts that are all different and very long: one after the other says as much.
  if (a.length * b.length > MOST_CELLS) return [...a.map(() => "gone" as const), ...b.map(() => "new" as const)];
  const lengths = commonLengths(a, b);
  const wide = b.length + 1;
  const kinds: DiffLine["kind"][] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const right = lengths[i * wide + j + 1] ?? 0;
    const down = lengths[(i + 1) * wide + j] ?? 0;
    if (i < a.length && j < b.length && a[i] === b[j]) {
      kinds.push("same");
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && down >= right)) {
      kinds.push("gone");
      i += 1;
    } else {
      kinds.push("new");
      j += 1;
    }
  }
  return kinds;
}

/** How many lines the rest of both texts have in common, from each pair of places on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const wide = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * wide + j;
      lengths[at] =
        a[i] === b[j]
          ? (lengths[at + wide + 1] ?? 0) + 1
          : Math.max(lengths[at + wide] ?? 0, j + 1 < wide ? (lengths[at + 1] ?? 0) : 0);
    }
  }
  return lengths;
}

function numbered(kinds: readonly DiffLine["kind"][], a: readonly string[], b: readonly string[]): DiffLine[] {
  let [old, fresh] = [0, 0];
  return kinds.map((kind) => {
    if (kind !== "new") old += 1;
    if (kind !== "gone") fresh += 1;
    const text = (kind === "gone" ? a[old - 1] : b[fresh - 1]) ?? "";
    return { kind, text, old: kind === "new" ? 0 : old, new: kind === "gone" ? 0 : fresh };
  });
}
