import type { AppLoadContext, EntryContext } from "@remix-run/cloudflare";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToReadableStream } from "react-dom/server";
import { loadMarkdown } from "./components/transcript/load-markdown.ts";
import { NonceContext } from "./lib/nonce.ts";

export { createApi } from "./lib/api.ts";

const ABORT_AFTER_MS = 10_000;

interface Answer {
  status: number;
  headers: Headers;
}

/** Renders a page as a stream; readers that cannot wait for the rest get it whole. */
async function render(request: Request, { status, headers }: Answer, [entry, nonce]: [EntryContext, string]) {
  await loadMarkdown();
  let finalStatus = status;
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), ABORT_AFTER_MS);
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={entry} url={request.url} abortDelay={ABORT_AFTER_MS} nonce={nonce} />
    </NonceContext.Provider>,
    {
      nonce,
      signal: slow.signal,
      onError(error) {
        finalStatus = 500;
        console.error(error);
      },
    },
  );
  const whole = body.allReady.catch(() => undefined).finally(() => clearTimeout(timer));
  if (isbot(request.headers.get("user-agent"))) await whole;
  headers.set("content-type", "text/html; charset=utf-8");
  return new Response(body, { status: finalStatus, headers });
}

export default function handleRequest(...args: [Request, number, Headers, EntryContext, AppLoadContext]) {
  const [request, status, headers, entry, context] = args;
  return render(request, { status, headers }, [entry, context.nonce]);
}

/** Problems of the api are answers, not faults; everything else is worth a line in the log. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (!request.signal.aborted) console.error(error);
}
