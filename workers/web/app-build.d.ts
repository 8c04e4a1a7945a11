/** What `remix vite:build` writes, with the client that `entry.server.tsx` exports. */
declare module "#app-build" {
  const build: import("@remix-run/cloudflare").ServerBuild & {
    entry: {
      module: {
        createApi: (
          fetchLike: (path: string, init?: RequestInit) => Promise<Response>,
        ) => import("@remix-run/cloudflare").AppLoadContext["api"];
      };
    };
  };
  export = build;
}
