import {
  conversationsOf,
  endedItems,
  forgetConversation,
  goneOf,
  keepConversation,
  keepList,
  MAX_ITEMS,
  noteGone,
  onKeptElsewhere,
  recallConversation,
  together,
} from "./chat-kept";
import { session } from "./session";
import { Store } from "./store";

/** A file that goes with a message, by its id in the blob store. */
export interface Attachment {
  id: string;
  name: string;
  size: number;
}

/** How far an answer is: not taken yet, being made, the connection is lost, there. */
export type Stage = "sending" | "working" | "lost" | "over";

/** What a person said and what came back. */
export interface Exchange {
  kind: "exchange";
  /** Idempotency key: said again under it, nothing happens twice. */
  key: string;
  said: string;
  /** Agent that was addressed; empty lets the text decide. */
  to: string;
  at: number;
  attachments: readonly Attachment[];
  stage: Stage;
  /** Id of the message, once it was taken. */
  chatId: string;
  /** Lines about steps that are being done. */
  progress: readonly string[];
  text: string;
  agent: string;
  source: string;
  status: string;
  cost: number | null;
  approvalId: string;
  /** What is said below the answer: what was done after the person's yes, or that it was stopped. */
  outcome?: string;
  /** The text is what had been written when it was stopped. */
  isCut?: boolean;
  traceId: string;
  answeredAt: number;
}

/** What an agent told by itself. */
export interface Told {
  kind: "told";
  key: string;
  from: string;
  text: string;
  status: string;
  at: number;
}

/** One entry of a conversation. */
export type Item = Exchange | Told;

/** A conversation as the list shows it; its id is the session that the server keeps memory by. */
export interface Heading {
  id: string;
  title: string;
  changedAt: number;
}

/** What belongs to one conversation. */
export interface Conversation extends Heading {
  items: readonly Item[];
}

const MAX_TITLE = 60;
const MAX_LISTED = 30;

/** All conversations of the person here, the latest first. */
export const headings = new Store<readonly Heading[]>([]);
/** The conversation that is shown. */
export const current = new Store<Conversation>(blank());

let owner: string | null = null;

function blank(): Conversation {
  return { id: `page-${crypto.randomUUID()}`, title: "", changedAt: Date.now() / 1000, items: [] };
}

/** Take up the conversations of whoever is here now; those of another person are not shown. */
export function openConversations(): void {
  const person = session.value?.role ? session.value.person || "owner" : null;
  if (person === owner) return;
  owner = person;
  headings.set(person === null ? [] : conversationsOf(person));
  const last = headings.value[0];
  current.set((last && owner !== null && recallConversation(owner, last)) || blank());
}

/** Begin a new conversation, unless the one that is shown is still empty. */
export function newConversation(): void {
  if (current.value.items.length) current.set(blank());
}

/** Show another conversation. */
export function openConversation(id: string): void {
  const heading = headings.value.find((one) => one.id === id);
  if (!heading || owner === null || id === current.value.id) return;
  current.set(recallConversation(owner, heading) ?? { ...heading, items: [] });
}

/** Give a conversation another title. */
export function renameConversation(id: string, title: string): void {
  const clean = title.trim().slice(0, MAX_TITLE);
  if (!clean) return;
  setHeadings(headings.value.map((one) => (one.id === id ? { ...one, title: clean } : one)));
  if (current.value.id === id) current.set({ ...current.value, title: clean });
}

/** Forget a conversation in this browser. */
export function removeConversation(id: string): void {
  if (owner !== null) {
    forgetConversation(owner, id);
    noteGone(owner, id);
  }
  setHeadings(headings.value.filter((one) => one.id !== id));
  if (current.value.id !== id) return;
  const next = headings.value[0];
  current.set((next && owner !== null && recallConversation(owner, next)) || blank());
}

/** Add an entry at the end of a conversation, or change the one with its key. */
export function putItem(conversationId: string, item: Item): void {
  const known = conversationId === current.value.id ? current.value : stored(conversationId);
  if (!known) return;
  const at = known.items.findIndex((one) => one.key === item.key);
  const items = at < 0 ? [...known.items, item].slice(-MAX_ITEMS) : known.items.with(at, item);
  const title = known.title || titleOf(item);
  const next = { ...known, title, items, changedAt: at < 0 ? item.at : known.changedAt };
  if (conversationId === current.value.id) current.set(next);
  keep(next);
}

// Before the server has taken a message, a secret may still be in it.
function titleOf(item: Item): string {
  return item.kind === "exchange" && item.chatId ? item.said.slice(0, MAX_TITLE) : "";
}

/** Put exchanges that the server remembers to those of a conversation; it is made when it is not known here. */
export function mergeConversation(id: string, exchanges: readonly Exchange[]): void {
  if (owner === null || goneOf(owner).includes(id)) return;
  const known = id === current.value.id ? current.value : (stored(id) ?? { id, title: "", changedAt: 0, items: [] });
  const mine = new Set(known.items.flatMap((one) => (one.kind === "exchange" && one.chatId ? [one.chatId] : [])));
  const open = new Set(
    known.items.flatMap((one) => (one.kind === "exchange" && one.stage !== "over" ? [one.said] : [])),
  );
  const missing = exchanges.filter((one) => !mine.has(one.chatId) && !open.has(one.said));
  if (!missing.length) return;
  const items = [...known.items, ...missing].sort((a, b) => a.at - b.at).slice(-MAX_ITEMS);
  const [first] = missing;
  const title = known.title || (first ? titleOf(first) : "");
  const next = { ...known, title, items, changedAt: items.at(-1)?.at ?? known.changedAt };
  if (id === current.value.id) current.set(next);
  keep(next);
}

/** The exchange of a key in a conversation. */
export function exchangeOf(conversationId: string, key: string): Exchange | undefined {
  const known = conversationId === current.value.id ? current.value : stored(conversationId);
  const found = known?.items.find((one) => one.key === key);
  return found?.kind === "exchange" ? found : undefined;
}

/** Whether this browser has a conversation. */
export function knowsConversation(id: string): boolean {
  return id === current.value.id || headings.value.some((one) => one.id === id);
}

function stored(id: string): Conversation | null {
  const heading = headings.value.find((one) => one.id === id);
  return heading && owner !== null ? recallConversation(owner, heading) : null;
}

function keep(conversation: Conversation): void {
  if (owner === null) return;
  keepConversation(owner, conversation);
  const { id, title, changedAt } = conversation;
  const now = headings.value.find((one) => one.id === id);
  if (now && now.title === title && now.changedAt === changedAt) return;
  const others = headings.value.filter((one) => one.id !== id);
  setHeadings([{ id, title, changedAt }, ...others].sort((a, b) => b.changedAt - a.changedAt));
}

function setHeadings(list: readonly Heading[]): void {
  if (owner === null) {
    headings.set(list);
    return;
  }
  const all = union(owner, list, conversationsOf(owner));
  for (const one of all.slice(MAX_LISTED)) forgetConversation(owner, one.id);
  headings.set(all.slice(0, MAX_LISTED));
  keepList(owner, headings.value);
}

// The headings of two tabs: of one that both have the first is taken, what was taken away in either stays away.
function union(person: string, first: readonly Heading[], second: readonly Heading[]): readonly Heading[] {
  const known = new Set(first.map((one) => one.id));
  const gone = new Set(goneOf(person));
  const all = [...first, ...second.filter((one) => !known.has(one.id))];
  return all.filter((one) => !gone.has(one.id)).sort((a, b) => b.changedAt - a.changedAt);
}

/** Take up what another tab of this browser has changed. */
function catchUp(): void {
  if (owner === null) return;
  const wasEmpty = !headings.value.length && !current.value.items.length;
  headings.set(union(owner, conversationsOf(owner), headings.value).slice(0, MAX_LISTED));
  const [latest] = headings.value;
  const { id, changedAt } = current.value;
  if (goneOf(owner).includes(id)) {
    forgetConversation(owner, id);
    current.set((latest && recallConversation(owner, latest)) || blank());
  } else if (wasEmpty && latest && latest.changedAt >= changedAt) {
    current.set({ ...latest, items: endedItems(owner, latest.id) });
  } else {
    joinCurrent(owner);
  }
}

function joinCurrent(person: string): void {
  const { id, items, title } = current.value;
  const joined = together(items, endedItems(person, id));
  const heading = headings.value.find((one) => one.id === id);
  const isSame = joined.length === items.length && joined.every((one, at) => one === items[at]);
  if (isSame && (heading?.title ?? title) === title) return;
  current.set({ ...current.value, ...heading, items: joined });
}

session.subscribe(openConversations);
onKeptElsewhere(catchUp);
