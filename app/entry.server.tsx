import type { AppLoadContext, EntryContext } from "@remix-run/cloudflare";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToReadableStream } from "react-dom/server";
import { NonceContext } from "./lib/nonce.ts";

export { createApi } from "./lib/api.ts";

const ABORT_AFTER_MS = 10_000;

interface Answer {
  status: number;
  headers: Headers;
}

/** Renders a page as a stream; readers that cannot wait for the rest get it whole. */
async function render(request: Request, { status, headers }: Answer, [entry, nonce]: [EntryContext, string]) {
  let finalStatus = status;
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={entry} url={request.url} abortDelay={ABORT_AFTER_MS} nonce={nonce} />
    </NonceContext.Provider>,
    {
      nonce,
      signal: AbortSignal.timeout(ABORT_AFTER_MS),
      onError(error) {
        finalStatus = 500;
        console.error(error);
      },
    },
  );
  if (isbot(request.headers.get("user-agent"))) await body.allReady;
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
