import type { Conversation, Exchange, Heading, Item } from "./conversations";

/** Entries that a conversation has at most; the oldest are let go. */
export const MAX_ITEMS = 80;

const PREFIX = "wactorz.chat";
const MAX_CHARACTERS = 120_000;
const SOON_MS = 400;
const MAX_GONE = 200;

const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** Conversations of a person that this browser keeps, the latest first. */
export function conversationsOf(person: string): readonly Heading[] {
  const found = read(listKey(person));
  return Array.isArray(found) ? found.filter(isHeading) : [];
}

/** Keep the list of conversations. */
export function keepList(person: string, list: readonly Heading[]): void {
  write(listKey(person), JSON.stringify(list));
}

/** A kept conversation; null when it is not, or no longer, there. */
export function recallConversation(person: string, heading: Heading): Conversation | null {
  flush();
  const items = itemsIn(key(person, heading.id));
  return items && { ...heading, items: items.map(settled) };
}

/** What is kept of a conversation that is over, also by another tab. */
export function endedItems(person: string, id: string): readonly Item[] {
  return (itemsIn(key(person, id)) ?? []).filter(isOver);
}

/** The entries that two tabs have of a conversation, each once: the own one, unless only the other's is over. */
export function together(mine: readonly Item[], theirs: readonly Item[]): readonly Item[] {
  const other = new Map(theirs.map((one) => [identityOf(one), one] as const));
  const own = new Set(mine.map(identityOf));
  const kept = mine.map((one) => {
    const found = other.get(identityOf(one));
    return found && isOver(found) && !isOver(one) ? found : one;
  });
  const missing = theirs.filter((one) => !own.has(identityOf(one)));
  return [...missing, ...kept].sort((a, b) => a.at - b.at).slice(-MAX_ITEMS);
}

/** Call `listener` after another tab has changed what is kept of conversations. */
export function onKeptElsewhere(listener: () => void): void {
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key?.startsWith(PREFIX)) listener();
  });
}

/** Keep a conversation soon; its oldest entries are let go when it grows too large. */
export function keepConversation(person: string, conversation: Conversation): void {
  const name = key(person, conversation.id);
  const timer = waiting.get(name);
  if (timer !== undefined) clearTimeout(timer);
  const items = conversation.items;
  pending.set(name, items);
  waiting.set(
    name,
    setTimeout(() => writeNow(name), SOON_MS),
  );
}

/** Forget a conversation. */
export function forgetConversation(person: string, id: string): void {
  const name = key(person, id);
  clearTimeout(waiting.get(name));
  waiting.delete(name);
  pending.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}

/** Give what one person said here to another, who has no conversation yet: whoever makes the first account was here before. */
export function handOver(from: string, to: string): void {
  const list = conversationsOf(from);
  if (from === to || !list.length || conversationsOf(to).length) return;
  flush();
  keepList(to, list);
  keepList(from, []);
  for (const { id } of list) {
    write(key(to, id), JSON.stringify(read(key(from, id)) ?? []));
    forgetConversation(from, id);
  }
}

/** Conversations that the person has taken away here, so that the server's memory does not bring them back. */
export function goneOf(person: string): readonly string[] {
  const found = read(`${PREFIX}s-gone.${person}`);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

/** Remember that a conversation was taken away. */
export function noteGone(person: string, id: string): void {
  write(`${PREFIX}s-gone.${person}`, JSON.stringify([...goneOf(person), id].slice(-MAX_GONE)));
}

const pending = new Map<string, readonly Item[]>();

/** Write at once what is about to be kept, as when the page is left. */
export function flush(): void {
  for (const name of [...pending.keys()]) writeNow(name);
}

function writeNow(name: string): void {
  clearTimeout(waiting.get(name));
  waiting.delete(name);
  let items = together((pending.get(name) ?? []).filter(isSafe), itemsIn(name) ?? []);
  pending.delete(name);
  let text = JSON.stringify(items);
  while (text.length > MAX_CHARACTERS && items.length > 1) {
    items = items.slice(Math.ceil(items.length / 8));
    text = JSON.stringify(items);
  }
  if (text.length <= MAX_CHARACTERS) write(name, text);
}

// What was typed is kept only as the server says that it may be: without secrets.
function isSafe(item: Item): boolean {
  return item.kind === "told" || item.chatId !== "";
}

// An answer that was under way when the page was left is asked for again under its key.
function settled(item: Item): Item {
  return item.kind === "exchange" && item.stage !== "over" ? { ...item, stage: "lost" } : item;
}

function isOver(item: Item): boolean {
  return item.kind === "told" || item.stage === "over";
}

// A notice has another key in each tab, and so has a message that the server remembered.
function identityOf(item: Item): string {
  return item.kind === "told" ? JSON.stringify([item.from, item.at, item.text]) : item.chatId || item.key;
}

function itemsIn(name: string): readonly Item[] | null {
  const found = read(name);
  return Array.isArray(found) ? found.filter(isItem) : null;
}

function isHeading(value: unknown): value is Heading {
  const one = value as Heading | null;
  return typeof one?.id === "string" && typeof one.title === "string" && typeof one.changedAt === "number";
}

function isItem(value: unknown): value is Item {
  const one = value as Exchange | null;
  return typeof one?.key === "string" && typeof one.text === "string" && typeof one.at === "number";
}

function listKey(person: string): string {
  return `${PREFIX}s.${person}`;
}

function key(person: string, id: string): string {
  return `${PREFIX}.${person}.${id}`;
}

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

function write(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // full, or keeps nothing: the conversation lasts as long as the page
  }
}

globalThis.addEventListener?.("pagehide", flush);
