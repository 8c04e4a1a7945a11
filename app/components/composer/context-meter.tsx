import type { Model } from "#contract/provider";
import { count } from "../../lib/format.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";

/** How full the chosen model's window is after the last step; nothing where its size is not known. */
export function ContextMeter({ models }: { models: Model[] }) {
  const { settings, threads } = useHead();
  const size = models.find((one) => one.id === settings.model)?.contextTokens;
  const tokens = threads[0]?.contextTokens;
  if (!size || !tokens) return null;
  const percent = Math.min(100, Math.ceil((tokens / size) * 100));
  const words = text.composer.context(percent, count(tokens), count(size));
  return (
    <span role="img" aria-label={words} title={words} className="flex w-8 shrink-0 items-center">
      <span className="h-1 w-full overflow-hidden rounded-full bg-n5">
        <span className={`block h-full ${percent > 80 ? "bg-amber" : "bg-n9"}`} style={{ width: `${percent}%` }} />
      </span>
    </span>
  );
}
