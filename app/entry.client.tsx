import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { config } from "zod";
import { loadMarkdown } from "./components/transcript/load-markdown.ts";

/** The page's policy forbids making code from strings, which schemas would otherwise try. */
config({ jitless: true });

async function start(): Promise<void> {
  if (document.querySelector("[data-markdown]")) await loadMarkdown();
  startTransition(() => {
    hydrateRoot(
      document,
      <StrictMode>
        <RemixBrowser />
      </StrictMode>,
    );
  });
}

void start();
