import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { licenses } from "./scripts/licenses";
import { precache } from "./scripts/precache";
import { starting } from "./scripts/starting";

const gateway = process.env["WACTORZ_URL"] ?? "http://127.0.0.1:8080";

// The gateway refuses what another site sends; the development server speaks for its own page.
const headers = { host: new URL(gateway).host, origin: gateway };

export default defineConfig({
  build: {
    target: "es2022",
    sourcemap: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    manifest: true,
  },
  plugins: [starting(), precache(), licenses(), precompress()],
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": { target: gateway, headers },
      "/ws": { target: gateway, headers, ws: true },
      "/mqtt": { target: gateway, headers, ws: true },
    },
  },
});

const WORTH_BYTES = 1_024;
const TEXT = /\.(js|css|html|svg|webmanifest)$/;

/** Lay a gzip and a brotli version beside every text of the build, for the gateway to send as it is. */
function precompress(): Plugin {
  let folder = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config): void {
      folder = config.build.outDir;
    },
    async writeBundle(): Promise<void> {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile() && TEXT.test(entry.name)) await pack(join(entry.parentPath, entry.name));
      }
    },
  };
}

async function pack(path: string): Promise<void> {
  const body = await readFile(path);
  if (body.length < WORTH_BYTES) return;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY - 1 } };
  await writeFile(`${path}.gz`, gzipSync(body, { level: constants.Z_BEST_COMPRESSION }));
  await writeFile(`${path}.br`, brotliCompressSync(body, quality));
}
