import type { CommandInfo } from "../../contracts/rest";

/** One thing that may be completed. */
export interface Candidate {
  /** What stands in the list. */
  label: string;
  /** What it is. */
  hint: string;
  /** What is put in place of what was typed. */
  insert: string;
}

/** A word that is being typed and can be completed. */
export interface Open {
  kind: "agent" | "command";
  word: string;
  start: number;
  end: number;
}

const MOST = 8;

/** The word at the cursor that can be completed: @agent anywhere, /command at the beginning. */
export function openWord(text: string, cursor: number): Open | null {
  const before = text.slice(0, cursor);
  const command = /^\s*\/([\w-]*)$/.exec(before);
  if (command) return { kind: "command", word: command[1] ?? "", start: before.lastIndexOf("/"), end: cursor };
  const agent = /(?:^|\s)@([\w.-]*)$/.exec(before);
  if (agent) return { kind: "agent", word: agent[1] ?? "", start: before.lastIndexOf("@"), end: cursor };
  return null;
}

/** What fits, the best first. */
export function candidates(
  open: Open,
  agents: readonly { name: string; description: string }[],
  commands: readonly CommandInfo[],
): readonly Candidate[] {
  const word = open.word.toLowerCase();
  const all: Candidate[] =
    open.kind === "agent"
      ? agents.map((one) => ({ label: `@${one.name}`, hint: one.description, insert: `@${one.name} ` }))
      : commands.map((one) => ({ label: one.usage, hint: one.summary, insert: `/${one.name}${taken(one.usage)}` }));
  const fits = (one: Candidate): boolean => one.label.slice(1).toLowerCase().startsWith(word);
  const holds = (one: Candidate): boolean => !fits(one) && one.label.toLowerCase().includes(word);
  return [...all.filter(fits), ...(word.length > 1 ? all.filter(holds) : [])].slice(0, MOST);
}

/** The text with a candidate in it, and where the cursor stands then. */
export function complete(text: string, open: Open, candidate: Candidate): { text: string; cursor: number } {
  const rest = text.slice(open.end);
  const insert = candidate.insert.endsWith(" ") && rest.startsWith(" ") ? candidate.insert.trimEnd() : candidate.insert;
  return { text: text.slice(0, open.start) + insert + rest, cursor: open.start + insert.length };
}

function taken(usage: string): string {
  return usage.includes(" ") ? " " : "";
}
