import { memo, useEffect, useSyncExternalStore } from "react";
import { loadMarkdown, markdown } from "./load-markdown.ts";

/** Prose in Markdown. Until the renderer's code is here a browser shows the words as they are. */
export const Markdown = memo(function Markdown({ source }: { source: string }) {
  const Body = useSyncExternalStore(markdown.onLoaded, markdown.get, markdown.get);
  useEffect(() => {
    if (!Body) void loadMarkdown();
  }, [Body]);
  return (
    <div data-markdown="">
      {Body ? <Body source={source} /> : <p className="prose whitespace-pre-wrap">{source}</p>}
    </div>
  );
});
