import type { Model } from "#contract/provider";
import { useHead, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Composer } from "./composer.tsx";

/** The composer, or the way back to it where the conversation is archived. */
export function ComposerOrRestore({ models }: { models: Model[] }) {
  const store = useStore();
  const { archivedAt } = useHead();
  if (archivedAt === null) return <Composer models={models} />;
  return (
    <div className="border-n6 border-t px-4 py-3">
      <div className="mx-auto flex max-w-[760px] flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-n11">{text.composer.archived}</p>
        <Button onClick={() => store.attempt({ type: "conversation.archive", archived: false })}>
          {text.header.restore}
        </Button>
      </div>
    </div>
  );
}
