// The page as an installed app: its parts are kept, so that it opens without a connection. Answers of the API never are.
const VERSION = "__VERSION__";
const SHELL = ["__SHELL__"];
const CACHE = `wactorz-${VERSION}`;
const PATIENCE_MS = 3_000;
const KEPT = /^\/(assets|icons)\/|^\/(icon\.svg|manifest\.webmanifest)$/;

self.addEventListener("install", (event) => {
  const fresh = SHELL.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith("wactorz-") && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

// A page asks whether it came with this version; where it did, nothing has to be loaded again.
self.addEventListener("message", (event) => {
  if (event.data?.type === "is-yours") event.ports[0]?.postMessage(SHELL.includes(event.data.path));
  if (event.data?.type === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === "/") event.respondWith(fromNetwork(request));
  else if (KEPT.test(address.pathname)) event.respondWith(fromCache(event, request));
});

/** The page as the gateway has it now; as it was kept when the gateway does not answer soon. */
async function fromNetwork(request) {
  const kept = await caches.match("/", { cacheName: CACHE });
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

/** A part whose name changes with its content: kept once it was fetched. */
async function fromCache(event, request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && response.type === "basic") {
    const copy = response.clone();
    event.waitUntil(caches.open(CACHE).then((cache) => cache.put(request, copy)));
  }
  return response;
}
