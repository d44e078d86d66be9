// Inlined into the page, before anything is fetched: when a part of the page does not come, it says so and tries again.
// The whole page is loaded for that: a browser does not ask for a module again that failed once.
(() => {
  const PAUSES_MS = [1_000, 3_000, 8_000, 20_000, 60_000];
  const PATIENCE_MS = 30_000;
  const SOUND_MS = 90_000;
  const TRIES = "wactorz.starting";
  const TEXTS = {
    en: ["The page did not load completely. It tries again by itself.", "Reload"],
    de: ["Die Seite wurde nicht vollständig geladen. Sie versucht es von selbst noch einmal.", "Neu laden"],
  };
  let isTrying = false;
  let isWriting = false;

  const patience = setTimeout(again, PATIENCE_MS);
  window.addEventListener("error", onError, true);
  window.addEventListener("load", onLoad);
  window.addEventListener("vite:preloadError", again); // a view, or another part that is loaded later
  window.addEventListener("input", () => {
    isWriting = true;
  });

  function onError({ target }) {
    if (target?.matches?.('script[type="module"], link[rel="stylesheet"]')) void again();
  }

  function onLoad() {
    if (isTrying || !customElements.get("wz-app")) return;
    clearTimeout(patience);
    window.removeEventListener("error", onError, true);
    setTimeout(() => isTrying || keep(0), SOUND_MS);
  }

  async function again() {
    if (isTrying) return;
    isTrying = true;
    clearTimeout(patience);
    tell();
    for (let tries = kept(); ; tries += 1) {
      await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
      keep(tries + 1);
      if (await answers()) break;
    }
    if (!isWriting) location.reload(); // else it would be lost; the page has a way to reload
  }

  /** Wait for a while, or until the machine has a network again. */
  function pause(duration) {
    return new Promise((resolve) => {
      setTimeout(resolve, duration);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  /** Whether the gateway is there; a page that is left without it would be the browser's own. */
  function answers() {
    return fetch("/", { method: "HEAD", cache: "no-store" }).then(
      (response) => response.ok,
      () => false,
    );
  }

  function tell() {
    const place = document.querySelector(".starting");
    if (!place) return;
    const language = chosen();
    const [text, label] = TEXTS[language];
    const button = document.createElement("button");
    button.textContent = label;
    button.addEventListener("click", () => location.reload());
    place.lang = language;
    place.classList.add("failed");
    place.replaceChildren(text, button);
  }

  function chosen() {
    const fallback = navigator.language.startsWith("de") ? "de" : "en";
    try {
      return Object.keys(TEXTS).find((one) => one === localStorage.getItem("wactorz.language")) ?? fallback;
    } catch {
      return fallback; // a browser that keeps nothing
    }
  }

  function kept() {
    try {
      return Number(sessionStorage.getItem(TRIES)) || 0;
    } catch {
      return PAUSES_MS.length; // nobody counts: better seldom than all the time
    }
  }

  function keep(tries) {
    try {
      if (tries) sessionStorage.setItem(TRIES, String(tries));
      else sessionStorage.removeItem(TRIES);
    } catch {
      // a browser that keeps nothing waits the longest pause each time
    }
  }
})();
