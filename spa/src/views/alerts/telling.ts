import type { FeedEntry } from "../../contracts/rest";
import { defineTexts, type Values } from "../../i18n/texts";

const EN = {
  agent_started: "{name} has started",
  agent_silent: "{name} has been silent for {seconds} s; nobody here can restart it",
  agent_hangs: "{name} hangs; it is being restarted",
  many_silent:
    "{silent} of {known} agents are silent at once: the broker or the network must be the cause, so nobody is restarted",
  node_silent: "Node {node} is silent: nobody restarts what dies there",
  node_back: "Node {node} is back",
  process_started: "{name} was started",
  process_stopped: "{name} was stopped",
  process_quarantined: "{name} died too often and stays down",
  process_died: "{name} died",
  process_killed: "{name} was killed (signal {signal})",
  process_ended: "{name} ended with exit code {exit_code}",
  process_died_back: "{name} died and is back",
  process_killed_back: "{name} was killed (signal {signal}) and is back",
  process_ended_back: "{name} ended with exit code {exit_code} and is back",
  device_done: "{devices}: done, for {by}",
  device_failed: "{devices}: failed, for {by}",
  device_unknown: "{devices}: sent, but its effect was not seen, for {by}",
  device_sent: "{devices}: sent, for {by}",
  rule_triggered: "Rule {rule} was triggered",
  rule_triggered_by: "Rule {rule} was triggered by {entity}",
  camera_sees: "A camera saw {target}",
  camera_lost: "A camera does not see {target} any more",
  approval_open: "{agent} asks for a yes",
  approval_approved: "What {agent} asked for was approved",
  approval_denied: "What {agent} asked for was denied",
  approval_expired: "What {agent} asked for got no answer in time",
  times: "{message} ({times} times)",
};

const texts = defineTexts<keyof typeof EN>({
  en: EN,
  de: {
    agent_started: "{name} ist gestartet",
    agent_silent: "{name} meldet sich seit {seconds} s nicht; niemand hier kann ihn neu starten",
    agent_hangs: "{name} hängt und wird neu gestartet",
    many_silent:
      "{silent} von {known} Agenten schweigen gleichzeitig: Das liegt am Broker oder am Netz, deshalb wird niemand neu gestartet",
    node_silent: "Der Rechner {node} meldet sich nicht: Was dort abstürzt, startet niemand neu",
    node_back: "Der Rechner {node} ist wieder da",
    process_started: "{name} wurde gestartet",
    process_stopped: "{name} wurde angehalten",
    process_quarantined: "{name} ist zu oft abgestürzt und bleibt aus",
    process_died: "{name} ist abgestürzt",
    process_killed: "{name} wurde beendet (Signal {signal})",
    process_ended: "{name} endete mit Code {exit_code}",
    process_died_back: "{name} ist abgestürzt und läuft wieder",
    process_killed_back: "{name} wurde beendet (Signal {signal}) und läuft wieder",
    process_ended_back: "{name} endete mit Code {exit_code} und läuft wieder",
    device_done: "{devices}: erledigt, für {by}",
    device_failed: "{devices}: fehlgeschlagen, für {by}",
    device_unknown: "{devices}: gesendet, aber ohne sichtbare Wirkung, für {by}",
    device_sent: "{devices}: gesendet, für {by}",
    rule_triggered: "Die Regel {rule} wurde ausgelöst",
    rule_triggered_by: "Die Regel {rule} wurde von {entity} ausgelöst",
    camera_sees: "Eine Kamera hat {target} gesehen",
    camera_lost: "Eine Kamera sieht {target} nicht mehr",
    approval_open: "{agent} bittet um ein Ja",
    approval_approved: "{agent} bekam ein Ja",
    approval_denied: "{agent} bekam ein Nein",
    approval_expired: "{agent} bekam rechtzeitig keine Antwort",
    times: "{message} ({times}-mal)",
  },
});

/** What an entry says, in the language of the page where its code is known, else as it was written. */
export function told(entry: Pick<FeedEntry, "message"> & Partial<Pick<FeedEntry, "code" | "data">>): string {
  const { code = "", data = {} } = entry;
  const key = code as keyof typeof EN;
  if (!Object.hasOwn(EN, code) || !knows(EN[key], data)) return entry.message;
  const message = texts(key, data);
  return Number(data["times"]) > 1 ? texts("times", { message, times: data["times"] ?? "" }) : message;
}

/** Whether every value is there that a sentence needs. */
function knows(sentence: string, data: Values): boolean {
  return [...sentence.matchAll(/\{(\w+)\}/g)].every(
    ([, name]) => Object.hasOwn(data, name as string) && data[name as string] !== "",
  );
}
