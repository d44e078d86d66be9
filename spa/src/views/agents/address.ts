/** Parts of an agent's page, in the order of its tabs. */
export const PARTS = ["overview", "logs", "errors", "manifest", "code", "cost"] as const;
/** One of them. */
export type Part = (typeof PARTS)[number];

/** What the rest of an address behind `#/agents/` means: an agent and a part of its page, `new`, or `edit` of one. */
export function address(rest: string): { name: string; part: Part | "new" | "edit" } {
  const clean = rest.replace(/\/+$/, "");
  if (clean === "new") return { name: "new", part: "new" };
  const cut = clean.lastIndexOf("/");
  const last = clean.slice(cut + 1);
  if (cut > 0 && (last === "edit" || PARTS.includes(last as Part))) {
    return { name: clean.slice(0, cut), part: last as Part | "edit" };
  }
  return { name: clean, part: "overview" };
}
