import { Store } from "./store";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** Whether the browser would install the page as an app now. */
export const canInstall = new Store(false);

let offered: InstallPrompt | null = null;

/** Keep the browser's offer to install the page until somebody wants it. */
export function awaitInstall(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offered = event as InstallPrompt;
    canInstall.set(true);
  });
  window.addEventListener("appinstalled", () => canInstall.set(false));
}

/** Ask the person to install the page as an app. */
export async function install(): Promise<void> {
  const offer = offered;
  offered = null;
  canInstall.set(false);
  await offer?.prompt();
}

/** Whether the page runs as an installed app. */
export function isInstalled(): boolean {
  return matchMedia("(display-mode: standalone)").matches;
}
