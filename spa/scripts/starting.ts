import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const SOURCE = new URL("./starting.js", import.meta.url);

/** Put the script that minds the start into the page itself, where no failing network can part them. */
export function starting(): Plugin {
  return {
    name: "starting",
    async transformIndexHtml() {
      const children = (await readFile(SOURCE, "utf8")).replace(/^\s*(\/\/|\/\*\*).*\n/gm, "");
      return [{ tag: "script", children, injectTo: "head-prepend" as const }];
    },
  };
}
