import { html } from "hono/html";
import type { DevMail } from "#data/dev-mails";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
article{border:1px solid #c9d1dc;border-radius:8px;padding:1rem;margin:1rem 0}h1{font-size:1.4rem}h2{font-size:1rem;margin:0 0 .25rem}
p{margin:.25rem 0;color:#4a5666}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.75rem 0 0}
@media(prefers-color-scheme:dark){body{color:#e6ebf2;background:#12161c}article{border-color:#38424f}p{color:#a9b4c2}a{color:#8ab8ff}}`;

/** The mails of a development machine, newest first: what would have been sent. Addresses in them are links. */
export async function mailPage(mails: DevMail[]): Promise<Response> {
  const page = await html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails · Quayside</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head><body><main>
<h1>Mails</h1><p>On a development machine mails are kept here instead of being sent.</p>
${mails.length === 0 ? html`<p>No mail so far.</p>` : mails.map(mailOf)}</main></body></html>`;
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
  return new Response(page.toString(), { headers: { ...headers, "content-security-policy": policy } });
}

function mailOf({ subject, recipient, at, body }: DevMail) {
  const parts = body.split(/(https?:\/\/\S+)/);
  const shown = parts.map((part) => (/^https?:/.test(part) ? html`<a href="${part}">${part}</a>` : part));
  return html`<article><h2>${subject}</h2><p>To ${recipient}, ${new Date(at).toISOString()}</p><pre>${shown}</pre></article>`;
}
