import { offer } from "../ui/offer";
import { t } from "./texts";

const LOOK_MS = 3_600_000;

/** Have the service worker keep the parts of the page, and offer a new version when there is one. */
export async function keepShell(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const isFirst = !navigator.serviceWorker.controller;
  let isTaken = isFirst;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    // Another window took the new version: the parts that this one still needs are gone.
    if (!isTaken) offer(t("newVersion"), t("reload"), () => location.reload(), true);
    isTaken = false;
  });
  const registration = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const found = (): void => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) void take(worker);
    });
  };
  const take = async (worker: ServiceWorker): Promise<void> => {
    const go = (reload: boolean): void => {
      isTaken = true;
      if (reload) navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
      worker.postMessage({ type: "take-over" });
    };
    if (await isOurs(worker)) go(false);
    else offer(t("newVersion"), t("reload"), () => go(true), true);
  };
  registration.addEventListener("updatefound", found);
  if (registration.waiting && !isFirst) await take(registration.waiting);
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MS); // offline: the next hour tries again
}

/** Whether a worker came with the version of the page that is shown. */
function isOurs(worker: ServiceWorker): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? "";
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = (event) => resolve(Boolean(event.data));
    worker.postMessage({ type: "is-yours", path: new URL(script, location.href).pathname }, [port2]);
  });
}
