import { beforeEach, describe, expect, it } from "vitest";
import { flush } from "../src/state/chat-kept";
import {
  current,
  type Exchange,
  headings,
  type Item,
  newConversation,
  openConversation,
  putItem,
  removeConversation,
  renameConversation,
} from "../src/state/conversations";
import { session } from "../src/state/session";

let person = "";

beforeEach(() => {
  localStorage.clear();
  person = crypto.randomUUID();
  session.set({ person, role: "user", csrf: "" } as unknown as NonNullable<typeof session.value>);
});

const listName = (): string => `wactorz.chats.${person}`;
const nameOf = (id: string): string => `wactorz.chat.${person}.${id}`;

/** Another tab writes; its event comes here. */
function elsewhere(name: string, value: unknown): void {
  localStorage.setItem(name, JSON.stringify(value));
  dispatchEvent(new StorageEvent("storage", { key: name }));
}

function stored(name: string): { id: string; title: string; key: string; stage: string; text: string }[] {
  return JSON.parse(localStorage.getItem(name) ?? "[]");
}

function exchange(key: string, at: number, part: Partial<Exchange> = {}): Exchange {
  const rest = { approvalId: "", traceId: "", source: "rules", status: "done", cost: null, answeredAt: at } as const;
  const said = { said: key, to: "", attachments: [], progress: [], text: key, agent: "main" } as const;
  return { kind: "exchange", key, at, stage: "over", chatId: `m-${key}`, ...said, ...rest, ...part };
}

const texts = (items: readonly Item[]): string[] => items.map((one) => one.text);

describe("a conversation of another tab", () => {
  it("is shown in a tab that was opened while there was none, as it goes on", () => {
    const changedAt = current.value.changedAt + 1;
    elsewhere(listName(), [{ id: "page-a", title: "", changedAt }]);
    elsewhere(nameOf("page-a"), [exchange("one", 5)]);
    elsewhere(listName(), [{ id: "page-a", title: "one", changedAt }]);
    expect(current.value).toMatchObject({ id: "page-a", title: "one" });
    elsewhere(nameOf("page-a"), [exchange("one", 5), exchange("two", 6)]);
    expect(texts(current.value.items)).toEqual(["one", "two"]);
  });

  it("is only listed when it was over before this tab was opened", () => {
    elsewhere(listName(), [{ id: "page-a", title: "old", changedAt: current.value.changedAt - 1 }]);
    expect(headings.value).toHaveLength(1);
    expect(current.value.id).not.toBe("page-a");
  });

  it("does not take the place of what is shown here, and neither list overwrites the other", () => {
    putItem(current.value.id, exchange("mine", 4));
    const { id } = current.value;
    localStorage.setItem(listName(), JSON.stringify([{ id: "page-b", title: "theirs", changedAt: 9 }]));
    renameConversation(id, "My own");
    expect(stored(listName()).map((one) => one.title)).toEqual(["theirs", "My own"]);
    elsewhere(listName(), [{ id: "page-c", title: "third", changedAt: 10 }]);
    expect(headings.value.map((one) => one.title)).toEqual(["third", "theirs", "My own"]);
    expect(current.value.id).toBe(id);
  });

  it("keeps what both say in it", () => {
    putItem(current.value.id, exchange("mine", 4));
    const name = nameOf(current.value.id);
    localStorage.setItem(name, JSON.stringify([exchange("theirs", 3), exchange("mine", 4)]));
    flush();
    expect(stored(name).map((one) => one.key)).toEqual(["theirs", "mine"]);
  });

  it("ends an answer here that ended there, and never the other way round", () => {
    putItem(current.value.id, exchange("q", 4, { stage: "working", text: "" }));
    const name = nameOf(current.value.id);
    elsewhere(name, [exchange("q", 4, { text: "Done." })]);
    expect(texts(current.value.items)).toEqual(["Done."]);
    elsewhere(name, [exchange("q", 4, { stage: "working", text: "" }), exchange("r", 5, { stage: "working" })]);
    expect(texts(current.value.items)).toEqual(["Done."]);
    putItem(current.value.id, exchange("s", 6));
    flush();
    expect(stored(name).map((one) => one.stage)).toEqual(["over", "working", "over"]);
  });

  it("shows a notice once that both tabs have heard, and a message once that the server remembers", () => {
    const told = { kind: "told", from: "main", text: "Tea is ready.", status: "done", at: 7 } as const;
    putItem(current.value.id, { ...told, key: "here" });
    putItem(current.value.id, exchange("m-x", 8, { chatId: "m-x" }));
    elsewhere(nameOf(current.value.id), [{ ...told, key: "there" }, exchange("x", 8)]);
    expect(current.value.items.map((one) => one.key)).toEqual(["here", "m-x"]);
  });

  it("is gone here when it was taken away there", () => {
    putItem(current.value.id, exchange("mine", 4));
    const { id } = current.value;
    localStorage.removeItem(nameOf(id));
    elsewhere(`wactorz.chats-gone.${person}`, [id]);
    elsewhere(listName(), []);
    expect([headings.value.length, current.value.items.length]).toEqual([0, 0]);
    flush();
    expect(localStorage.getItem(nameOf(id))).toBeNull();
  });

  it("stays away when it was taken away here", () => {
    elsewhere(listName(), [{ id: "page-a", title: "a", changedAt: 5 }]);
    openConversation("page-a");
    removeConversation("page-a");
    elsewhere(listName(), [{ id: "page-a", title: "a", changedAt: 5 }]);
    expect(headings.value).toHaveLength(0);
  });

  it("does not come into a new conversation that was begun here", () => {
    putItem(current.value.id, exchange("mine", 4));
    newConversation();
    const { id } = current.value;
    elsewhere(listName(), [{ id: "page-a", title: "a", changedAt: 5 }]);
    expect(current.value.id).toBe(id);
  });
});
