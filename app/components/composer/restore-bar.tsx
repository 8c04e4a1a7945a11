import type { Model } from "#contract/provider";
import { useHead, useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Composer } from "./composer.tsx";

/** The composer, or the way back to it where the conversation is archived or the reader's access has ended. */
export function ComposerOrRestore({ models }: { models: Model[] }) {
  const store = useStore();
  const { archivedAt } = useHead();
  const state = useLive((one) => one.connectionState);
  if (state === "signed_out" || state === "no_access") return <AccessEnded state={state} />;
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

/** Either way a page is loaded anew: the server leads to the sign-in and back here, or says why not. */
function AccessEnded({ state }: { state: "signed_out" | "no_access" }) {
  return (
    <div className="border-n6 border-t px-4 py-3" role="alert">
      <div className="mx-auto flex max-w-[760px] flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1">{text.connection[state]}</p>
        {state === "signed_out" ? (
          <Button look="primary" onClick={() => window.location.reload()}>
            {text.connection.signIn}
          </Button>
        ) : (
          <a href="/conversations" className={buttonClass("primary")}>
            {text.errors.toConversations}
          </a>
        )}
      </div>
    </div>
  );
}
