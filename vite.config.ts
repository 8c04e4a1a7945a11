import { join } from "node:path";
import { vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const serverReactDom = join(import.meta.dirname, "app/lib/server-react-dom.ts");

export default defineConfig(({ isSsrBuild }) => ({
  publicDir: "app/public",
  plugins: [
    tailwindcss(),
    remix({
      appDirectory: "app",
      buildDirectory: "app/build",
      ignoredRouteFiles: ["**/*"],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: true,
        v3_routeConfig: true,
      },
    }),
  ],
  resolve: { alias: isSsrBuild ? [{ find: /^react-dom$/, replacement: serverReactDom }] : [] },
  // wrangler chains the server's map into the Worker's, which is uploaded; a map of the client would be public.
  build: {
    manifest: true,
    target: "es2022",
    sourcemap: isSsrBuild === true,
    // Several KiB smaller than esbuild's, gzipped, and what a browser loads is made once.
    minify: isSsrBuild ? false : "terser",
    terserOptions: { compress: { passes: 2 } },
  },
  ssr: {
    target: "webworker",
    noExternal: true,
    // The Worker has these too; wrangler bundles one copy for both.
    external: ["zod", "@remix-run/cloudflare", "@remix-run/server-runtime", "@remix-run/router"],
    resolve: { conditions: ["workerd", "worker", "browser"] },
  },
}));
