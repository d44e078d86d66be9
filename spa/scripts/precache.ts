import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const TEMPLATE = new URL("./service-worker.js", import.meta.url);
const ROOT = ["/", "/icon.svg", "/manifest.webmanifest", "/icons/icon-192.png"];
const LARGEST_BYTES = 200_000;
const ENGINE = "/@babylonjs/";
const SHELL = /\.(js|css)$/;

/** Emit the service worker with the list of the files that the page needs to open without a connection. */
export function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    async generateBundle(_options, bundle): Promise<void> {
      const parts = Object.values(bundle).filter((part) => SHELL.test(part.fileName) && isWorthIt(part));
      const shell = [...ROOT, ...parts.map((part) => `/${part.fileName}`).sort()];
      // The page itself has no hash in its name: what it loads tells its version.
      const names = Object.keys(bundle).sort().join("\n");
      const template = await readFile(TEMPLATE, "utf8");
      const version = createHash("sha256").update(names).update(template).digest("hex").slice(0, 12);
      const source = serviceWorker(template, version, shell);
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** The service worker with its version and its files filled in. */
export function serviceWorker(template: string, version: string, shell: readonly string[]): string {
  const filled = template.replace("__VERSION__", version).replace('["__SHELL__"]', JSON.stringify(shell));
  return filled.replace(/^\s*(\/\/|\/\*\*).*\n/gm, "");
}

type Part =
  | { type: "chunk"; code: string; modules: Record<string, unknown> }
  | { type: "asset"; source: string | Uint8Array };

// The scene's engine is large, and there is no scene without a connection.
function isWorthIt(part: Part): boolean {
  if (part.type === "asset") return part.source.length <= LARGEST_BYTES;
  return part.code.length <= LARGEST_BYTES && !Object.keys(part.modules).every((name) => name.includes(ENGINE));
}
