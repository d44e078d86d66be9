// What waits for a person's yes: a card for each, with what exactly will happen, the time left, and a PIN if needed.

import { byId, element } from "/page/view.js";

const SHOWN_AFTER_END = 8000;
const ENDED = { approved: "Approved", denied: "Denied: nothing was done", expired: "Expired: nothing was done" };

const cards = new Map();
let ahead = 0;

export function setServerTime(seconds) {
  ahead = seconds - Date.now() / 1000;
}

async function sent(approval, decision, pin) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const body = JSON.stringify(pin ? { decision, pin } : { decision });
  const path = `/api/approvals/${encodeURIComponent(approval.id)}`;
  const response = await fetch(path, { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `${path} answered ${response.status}`);
  return answer;
}

export function timeLeft(seconds) {
  if (seconds <= 0) return "no time left";
  return seconds < 120 ? `${Math.ceil(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}

function details(approval) {
  const { code, calls } = approval.detail ?? {};
  const lines = (Array.isArray(calls) ? calls : []).map((call) => {
    const { domain, service, entity_id: entities, data } = call.call ?? call;
    const more = data && Object.keys(data).length ? ` ${JSON.stringify(data)}` : "";
    return `${domain}.${service} ${[entities].flat().join(", ")}${more}`;
  });
  const text = code ?? lines.join("\n");
  if (!text) return null;
  const heading = element("summary", { textContent: code ? "Code" : "Exactly" });
  return element("details", {}, heading, element("pre", { textContent: text }));
}

function makeCard(approval, onDone) {
  const note = element("p", { class: "sub", role: "status" });
  const left = element("span", { class: "left" });
  const asked = element("p", { class: "sub", textContent: `asked by ${approval.requested_by || approval.agent}` }, left);
  const pin = approval.needs_pin ? element("input", {
    type: "password", inputMode: "numeric", autocomplete: "off", maxLength: 64, placeholder: "PIN", ariaLabel: "PIN",
  }) : null;
  const button = (decision, label) => element("button", {
    type: decision === "approve" ? "submit" : "button", textContent: label, data: { decision },
  });
  const approve = button("approve", "Yes, do it");
  const deny = button("deny", "No");
  const answers = element("form", { class: "answers" }, pin, approve, deny);
  const card = element("article", { class: "approval" },
    element("p", { class: "summary", textContent: approval.summary }), asked, details(approval), answers, note);
  const decide = async (decision) => {
    if (decision === "approve" && pin && !pin.value) return void pin.focus();
    approve.disabled = deny.disabled = true;
    note.textContent = "…";
    try {
      const answer = await sent(approval, decision, decision === "approve" ? pin?.value.trim() : "");
      onDone(answer);
      finish(approval.id, answer.text);
    } catch (error) {
      note.textContent = error.message;
      approve.disabled = deny.disabled = false;
      if (pin) { pin.value = ""; pin.focus(); }
    }
  };
  answers.addEventListener("submit", (event) => { event.preventDefault(); decide("approve"); });
  deny.addEventListener("click", () => decide("deny"));
  return { card, left, answers, note, approval, ended: false };
}

function finish(id, text) {
  const shown = cards.get(id);
  if (!shown || shown.ended) return;
  shown.ended = true;
  shown.answers.remove();
  shown.left.textContent = "";
  shown.card.classList.add("ended");
  shown.note.textContent = text;
  setTimeout(() => { shown.card.remove(); cards.delete(id); showRegion(); }, SHOWN_AFTER_END);
}

function showRegion() {
  byId("approvals").hidden = !cards.size;
  document.title = [...cards.values()].some((shown) => !shown.ended) ? "(!) Wactorz" : "Wactorz";
}

export function onApproval(approval, onDone) {
  if (approval.state !== "open") return void (finish(approval.id, ENDED[approval.state] ?? approval.state), showRegion());
  if (cards.has(approval.id)) return;
  const shown = makeCard(approval, onDone);
  cards.set(approval.id, shown);
  byId("approvals").append(shown.card);
  showRegion();
  tick();
}

export function forgetApprovals() {
  for (const shown of cards.values()) if (!shown.ended) { shown.card.remove(); cards.delete(shown.approval.id); }
  showRegion();
}

export function tick() {
  for (const shown of cards.values()) {
    if (!shown.ended) shown.left.textContent = " · " + timeLeft(shown.approval.expires_at - Date.now() / 1000 - ahead);
  }
}
