import { language, Preference } from "./preferences";
import { Store } from "./store";

interface Recognition extends EventTarget {
  lang: string;
  interimResults: boolean;
  continuous: boolean;
  start(): void;
  stop(): void;
}

interface Heard extends Event {
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}

type RecognitionClass = new () => Recognition;

const TAGS = { en: "en-US", de: "de-DE" } as const;

/** Whether answers are read aloud. */
export const readAloud = new Preference<"on" | "off">("read-aloud", ["on", "off"], "off");
/** Whether the browser listens now. */
export const listening = new Store(false);
/** Key of what is being read aloud; empty when nothing is. */
export const speaking = new Store("");

let ear: Recognition | null = null;

/** Whether this browser can turn speech into text. */
export function canListen(): boolean {
  return recognitionClass() !== null;
}

/** Whether this browser can read aloud. */
export function canSpeak(): boolean {
  return "speechSynthesis" in globalThis && typeof SpeechSynthesisUtterance !== "undefined";
}

/** Listen until the person pauses; `heard` gets the text so far, and whether it is the whole. `failed` gets the reason. */
export function startListening(heard: (text: string, whole: boolean) => void, failed: (reason: string) => void): void {
  const Class = recognitionClass();
  if (!Class || listening.value) return;
  stopSpeaking();
  ear = new Class();
  ear.lang = TAGS[language.value];
  ear.interimResults = true;
  ear.continuous = false;
  ear.addEventListener("result", (event) => {
    const results = Array.from((event as Heard).results);
    const text = results.map((one) => one[0]?.transcript ?? "").join(" ");
    heard(
      text.trim(),
      results.every((one) => one.isFinal),
    );
  });
  ear.addEventListener("error", (event) => failed((event as Event & { error?: string }).error ?? ""));
  ear.addEventListener("end", () => listening.set(false));
  listening.set(true);
  ear.start();
}

/** Stop listening. */
export function stopListening(): void {
  ear?.stop();
}

/** Read a text aloud, in place of what is being read; again with the same key stops it. */
export function speak(key: string, text: string): void {
  if (!canSpeak()) return;
  const same = speaking.value === key;
  stopSpeaking();
  if (same) return;
  const utterance = new SpeechSynthesisUtterance(spoken(text));
  utterance.lang = TAGS[languageOf(text)];
  const done = (): void => {
    if (speaking.value === key) speaking.set("");
  };
  utterance.addEventListener("end", done);
  utterance.addEventListener("error", done);
  speaking.set(key);
  speechSynthesis.speak(utterance);
}

/** Stop reading aloud. */
export function stopSpeaking(): void {
  if (canSpeak()) speechSynthesis.cancel();
  speaking.set("");
}

/** A text as it is said: without the signs of markdown, code left out. */
export function spoken(text: string): string {
  return text
    .replace(/```[\s\S]*?(```|$)/g, " … ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[*_`#>|]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

const GERMAN = /\b(der|die|das|und|ist|nicht|ich|ein|eine|wurde|sind|für|auf|mit|keine?)\b|[äöüß]/gi;
const ENGLISH = /\b(the|and|is|not|are|was|you|it|to|of|for|on|with|no)\b/gi;

/** Which language an answer is in; the page's own when that cannot be told. */
export function languageOf(text: string): "en" | "de" {
  const german = text.match(GERMAN)?.length ?? 0;
  const english = text.match(ENGLISH)?.length ?? 0;
  return german === english ? language.value : german > english ? "de" : "en";
}

function recognitionClass(): RecognitionClass | null {
  const all = globalThis as { SpeechRecognition?: RecognitionClass; webkitSpeechRecognition?: RecognitionClass };
  return all.SpeechRecognition ?? all.webkitSpeechRecognition ?? null;
}
