import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";

const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;
const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

/** Emit `assets/licenses.json`: name, version and license of every package that is part of the page. */
export function licenses(): Plugin {
  return {
    name: "licenses",
    apply: "build",
    async generateBundle(_options, bundle): Promise<void> {
      const modules = Object.values(bundle).flatMap((part) => (part.type === "chunk" ? Object.keys(part.modules) : []));
      const folders = new Set(modules.map((name) => PACKAGE.exec(name)?.[1]).filter((one) => one !== undefined));
      const found = await Promise.all([...folders].map(read));
      found.sort((a, b) => a.name.localeCompare(b.name));
      this.emitFile({ type: "asset", fileName: "assets/licenses.json", source: JSON.stringify(found) });
    },
  };
}

async function read(folder: string): Promise<{ name: string; version: string; license: string; text: string }> {
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = (await readdir(folder)).find((name) => LICENSE_FILE.test(name));
  const text = file ? await readFile(join(folder, file), "utf8") : "";
  const { name = "", version = "", license = "" } = about;
  return { name, version, license, text };
}
