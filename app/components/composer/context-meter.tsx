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
  const share = Math.min(1, tokens / size);
  const words = text.composer.context(count(tokens), count(size));
  return (
    <span className="flex shrink-0 items-center gap-1 text-12 text-n11 tabular-nums" title={words}>
      <span className="sr-only">{words}</span>
      <span className="h-1 w-8 overflow-hidden rounded-full bg-n5" aria-hidden>
        <span className={`block h-full ${share > 0.8 ? "bg-amber" : "bg-n9"}`} style={{ width: `${share * 100}%` }} />
      </span>
      <span aria-hidden>{Math.ceil(share * 100)} %</span>
    </span>
  );
}
