import { html } from "hono/html";
import type { AnyRoute } from "#platform/route";

/** The API's documentation as one page without scripts: every route with its policy, fields and problems. */
export function docsPage(routes: AnyRoute[]) {
  const tags = [...new Set(routes.map((route) => route.tag))];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Quayside API</title>
        <style>
          :root { color-scheme: light dark; }
          body { font: 15px/24px system-ui, sans-serif; max-width: 960px; margin: 0 auto; padding: 32px 16px; }
          h2 { margin-top: 40px; }
          summary { cursor: pointer; padding: 8px 0; overflow-wrap: anywhere; }
          code { font: 13px/20px ui-monospace, monospace; }
          .method { display: inline-block; min-width: 64px; font-weight: 600; text-transform: uppercase; }
          .about { opacity: 0.8; }
          pre { overflow: auto; padding: 12px; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 6px; }
        </style>
      </head>
      <body>
        <main>
          <h1>Quayside API</h1>
          <p>
            Made from the schemas that check every request. Machine-readable: <a href="/openapi.json">openapi.json</a>.
            Errors are RFC 9457 problems; branch on <code>code</code>.
          </p>
          ${tags.map((tag) =>
            section(
              tag,
              routes.filter((route) => route.tag === tag),
            ),
          )}
        </main>
      </body>
    </html>`;
}

function section(tag: string, routes: AnyRoute[]) {
  return html`<section>
    <h2>${tag}</h2>
    ${routes.map(
      (route) => html`<details>
        <summary><code class="method">${route.method}</code> <code>/api${route.path}</code> <span class="about">${route.summary}</span></summary>
        <p>Policy: <code>${route.policy.name}</code>. Problems: <code>${route.problems.join(", ")}</code>.</p>
      </details>`,
    )}
  </section>`;
}
