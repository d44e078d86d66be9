import { defineConfig } from "vite";

const gateway = process.env["WACTORZ_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  build: { target: "es2022", sourcemap: false, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 1500 },
  server: {
    proxy: {
      "/api": gateway,
      "/ws": { target: gateway, ws: true },
      "/mqtt": { target: gateway, ws: true },
    },
  },
});
