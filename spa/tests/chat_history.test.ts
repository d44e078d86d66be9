import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatTurn } from "../src/contracts/rest";
import { conversationsIn, loadHistory } from "../src/state/chat-history";
import { current, headings, newConversation, openConversation, removeConversation } from "../src/state/conversations";
import { session } from "../src/state/session";

function turn(id: string, role: "user" | "assistant", content: string, at: number, place = "phone"): ChatTurn {
  return { id, role, agent: role === "user" ? "" : "main", content, session: place, timestamp: at, status: "done" };
}

const TURNS = [
  turn("a", "user", "first", 1),
  turn("a", "assistant", "one", 2),
  turn("b", "user", "open still", 3),
  turn("c", "user", "/stop all", 4, "halt"),
  turn("c", "assistant", "stopped", 5, "halt"),
];

beforeEach(() => {
  localStorage.clear();
  session.set({ person: crypto.randomUUID(), role: "user", csrf: "" } as unknown as NonNullable<typeof session.value>);
  newConversation();
});

describe("what the server remembers", () => {
  it("is shown by session; what has no answer yet, and orders to stop, are not", () => {
    const found = conversationsIn(TURNS);
    expect([...found.keys()]).toEqual(["phone"]);
    expect(found.get("phone")?.map((one) => [one.said, one.text])).toEqual([["first", "one"]]);
  });

  it("is put to the conversations of this browser once, in the order of time", async () => {
    vi.stubGlobal("fetch", async () => Response.json(TURNS));
    await loadHistory();
    expect(headings.value.map((one) => one.title)).toEqual(["first"]);
    openConversation("phone");
    vi.stubGlobal("fetch", async () =>
      Response.json([turn("z", "user", "before", 0), turn("z", "assistant", "zero", 0.5), ...TURNS]),
    );
    await loadHistory();
    await loadHistory();
    expect(current.value.items.map((one) => one.text)).toEqual(["zero", "one"]);
    expect(headings.value).toHaveLength(1);
  });

  it("does not bring back what the person has taken away", async () => {
    vi.stubGlobal("fetch", async () => Response.json(TURNS));
    await loadHistory();
    removeConversation("phone");
    await loadHistory();
    expect(headings.value).toHaveLength(0);
  });
});
