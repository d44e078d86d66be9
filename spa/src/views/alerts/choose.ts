import type { FeedEntry } from "../../contracts/rest";
import { type Folded, fold, isSeen, type Seen } from "../../state/feed";
import { told } from "./telling";

/** How bad an entry can be, from harmless to worst. */
export const SEVERITIES = ["info", "warning", "error", "critical"] as const;
/** One of them. */
export type Severity = (typeof SEVERITIES)[number];

/** What a person wants to see. */
export interface Wanted {
  least: Severity;
  agent: string;
  kind: string;
  search: string;
  unseenOnly: boolean;
}

/** The word for how bad an entry is; an unknown or fatal one is critical rather than harmless. */
export function severityOf(entry: Pick<FeedEntry, "severity">): Severity {
  const word = entry.severity.toLowerCase();
  if (SEVERITIES.includes(word as Severity)) return word as Severity;
  return word === "debug" || word === "" ? "info" : "critical";
}

/** The entries that a person wants to see, bursts folded, newest first. */
export function chosen(entries: readonly FeedEntry[], wanted: Wanted, seen: Seen): Folded[] {
  const words = wanted.search.toLowerCase().split(/\s+/).filter(Boolean);
  const least = SEVERITIES.indexOf(wanted.least);
  const found = entries.filter((entry) => {
    if (SEVERITIES.indexOf(severityOf(entry)) < least) return false;
    if (wanted.agent && entry.agent !== wanted.agent) return false;
    if (wanted.kind && entry.kind !== wanted.kind) return false;
    if (wanted.unseenOnly && isSeen(entry, seen)) return false;
    const text = `${entry.agent}\n${entry.message}\n${told(entry)}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return fold(found);
}
