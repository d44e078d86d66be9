import { render } from "lit";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  conversationsOf,
  flush,
  handOver,
  keepConversation,
  keepList,
  recallConversation,
} from "../src/state/chat-kept";
import {
  current,
  type Exchange,
  headings,
  newConversation,
  openConversation,
  putItem,
  removeConversation,
  renameConversation,
} from "../src/state/conversations";
import { resumeAnswers, sayHere, stopHere } from "../src/state/saying";
import { session } from "../src/state/session";
import { exchangeTemplate } from "../src/views/chat/exchange";

const PERSON = { person: "ann", role: "user", csrf: "" } as unknown as NonNullable<typeof session.value>;

function stream(...events: [string, object][]): Response {
  const text = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`).join("");
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

function shownOf(one: Exchange): HTMLElement {
  const place = document.createElement("div");
  render(
    exchangeTemplate(one, () => {}),
    place,
  );
  return place;
}

function last(): Exchange {
  const found = current.value.items.at(-1);
  if (found?.kind !== "exchange") throw new Error("nothing was said");
  return found;
}

const ACCEPTED: [string, object] = ["accepted", { id: "m1", said: "hello" }];
const REPLY: [string, object] = [
  "reply",
  { id: "m1", agent: "main", reply: "Done.", source: "rules", status: "done", trace_id: "t", cost_usd: 0.01 },
];

beforeEach(() => {
  localStorage.clear();
  session.set({ ...PERSON, person: crypto.randomUUID() });
  newConversation();
});

describe("saying something", () => {
  it("shows steps and pieces as they come, then the answer with its price", async () => {
    const seen: string[] = [];
    const end = current.subscribe(() => seen.push(`${last().progress.length}/${last().text}`));
    vi.stubGlobal("fetch", async () =>
      stream(
        ACCEPTED,
        ["piece", { agent: "planner", content: "Step 1\n", index: 0 }],
        ["piece", { agent: "main", content: "Do", index: 1 }],
        REPLY,
      ),
    );
    sayHere("hello");
    await vi.waitFor(() => expect(last().stage).toBe("over"));
    end();
    expect(seen).toContain("1/");
    expect(seen).toContain("1/Do");
    expect(last()).toMatchObject({ text: "Done.", cost: 0.01, source: "rules", status: "done", progress: ["Step 1"] });
  });

  it("asks again under the same key when the connection is lost", async () => {
    const keys: string[] = [];
    vi.useFakeTimers();
    vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
      keys.push(new Headers(init.headers).get("idempotency-key") ?? "");
      if (keys.length === 1) return stream(ACCEPTED);
      if (keys.length === 2) throw new TypeError("no network");
      return stream(ACCEPTED, REPLY);
    });
    sayHere("hello");
    await vi.advanceTimersByTimeAsync(10);
    expect(last().stage).toBe("lost");
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(last()).toMatchObject({ stage: "over", text: "Done." });
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it("does not ask again for what was refused", async () => {
    const fetched = vi.fn(async () => new Response('{"detail":"Too long"}', { status: 422 }));
    vi.stubGlobal("fetch", fetched);
    sayHere("hello");
    await vi.waitFor(() => expect(last().stage).toBe("over"));
    expect(last()).toMatchObject({ status: "failed", text: "Too long" });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("stops what was not even taken", async () => {
    vi.stubGlobal("fetch", () => new Promise<Response>(() => {}));
    sayHere("hello");
    expect(stopHere()).toBe(true);
    await vi.waitFor(() => expect(last()).toMatchObject({ stage: "over", status: "stopped" }));
    expect(stopHere()).toBe(false);
  });

  it("keeps the words that were there when a model is stopped, and says so below them", async () => {
    const text = "Stopped. Nothing was done.";
    vi.stubGlobal("fetch", async () =>
      stream(
        ACCEPTED,
        ["piece", { agent: "main", content: "Once **upon**", index: 0 }],
        ["reply", { id: "m1", agent: "main", reply: text, source: "rules", status: "stopped", trace_id: "t" }],
      ),
    );
    sayHere("tell me a story");
    await vi.waitFor(() => expect(last().stage).toBe("over"));
    expect(last()).toMatchObject({ text: "Once **upon**", outcome: text, source: "", status: "stopped", isCut: true });
    const shown = shownOf(last());
    expect(shown.querySelector("wz-markdown")).not.toBeNull();
    expect(shown.querySelector(".outcome")?.textContent).toBe(text);
    expect(shown.textContent).not.toContain("rules");
  });

  it("shows the sentence of a stop alone where nothing was written", async () => {
    const reply = { id: "m1", agent: "main", reply: "Stopped. Nothing was done.", source: "rules", status: "stopped" };
    vi.stubGlobal("fetch", async () => stream(ACCEPTED, ["reply", { ...reply, trace_id: "t" }]));
    sayHere("hello");
    await vi.waitFor(() => expect(last().stage).toBe("over"));
    expect(last()).toMatchObject({ text: reply.reply, source: "rules" });
    expect(shownOf(last()).querySelectorAll("p.muted")).toHaveLength(0);
  });

  it("says below the words that they were stopped when nobody answers the stop", () => {
    const shown = shownOf({ ...exchange("k"), text: "Once", source: "", status: "stopped", isCut: true });
    expect(shown.querySelector("wz-markdown")).not.toBeNull();
    expect(shown.querySelector("p.muted")?.textContent).toContain("Stopped.");
  });

  it("takes an answer up again that was under way when the page was left", async () => {
    const id = current.value.id;
    putItem(id, { ...exchange("k1"), chatId: "m1", stage: "working" });
    flush();
    newConversation();
    openConversation(id);
    expect(last().stage).toBe("lost");
    vi.stubGlobal("fetch", async () => stream(ACCEPTED, REPLY));
    resumeAnswers();
    await vi.waitFor(() => expect(last().text).toBe("Done."));
  });
});

describe("conversations", () => {
  it("keeps only what the server let through, never the secret that was typed", async () => {
    vi.stubGlobal("fetch", async () => stream(["accepted", { id: "m1", said: "my password is [password]" }], REPLY));
    sayHere("my password is hunter2!!");
    await vi.waitFor(() => expect(last().stage).toBe("over"));
    flush();
    const kept = JSON.stringify(Object.entries(localStorage));
    expect(kept).not.toContain("hunter2");
    expect(kept).toContain("[password]");
    expect(headings.value[0]?.title).not.toContain("hunter2");
  });

  it("keeps nothing of a message that was not taken", () => {
    vi.stubGlobal("fetch", () => new Promise<Response>(() => {}));
    sayHere("my password is hunter2!!");
    flush();
    expect(JSON.stringify(Object.entries(localStorage))).not.toContain("hunter2");
  });

  it("stays bounded", () => {
    const id = current.value.id;
    for (let at = 0; at < 200; at += 1) putItem(id, { ...exchange(`k${at}`), text: "x".repeat(3_000) });
    flush();
    expect(current.value.items.length).toBeLessThanOrEqual(80);
    expect(JSON.stringify(Object.entries(localStorage)).length).toBeLessThan(300_000);
  });

  it("are renamed, removed, and not shown to another person", () => {
    putItem(current.value.id, exchange("k"));
    const { id } = current.value;
    renameConversation(id, "  Kitchen ");
    expect(headings.value[0]?.title).toBe("Kitchen");
    session.set({ ...PERSON, person: "ben" });
    expect(headings.value).toHaveLength(0);
    expect(current.value.items).toHaveLength(0);
    putItem(current.value.id, exchange("k2"));
    removeConversation(current.value.id);
    expect(headings.value).toHaveLength(0);
  });
});

function exchange(key: string): Exchange {
  return {
    kind: "exchange",
    key,
    said: "hello",
    to: "",
    at: 1,
    attachments: [],
    stage: "over",
    chatId: "m",
    progress: [],
    text: "",
    agent: "main",
    source: "rules",
    status: "done",
    cost: null,
    approvalId: "",
    traceId: "",
    answeredAt: 1,
  };
}

describe("the first account", () => {
  it("takes over what was said here before it was made, once", () => {
    const item = { kind: "told", key: "k", from: "main", text: "hello", status: "done", at: 1 } as const;
    const heading = { id: "page-1", title: "hello", changedAt: 1 };
    keepList("owner", [heading]);
    keepConversation("owner", { ...heading, items: [item] });
    handOver("owner", "ann");
    expect(conversationsOf("ann")).toEqual([heading]);
    expect(recallConversation("ann", heading)?.items).toEqual([item]);
    expect(conversationsOf("owner")).toEqual([]);
    keepList("owner", [{ ...heading, id: "page-2" }]);
    handOver("owner", "ann");
    expect(conversationsOf("ann")).toEqual([heading]);
  });
});
