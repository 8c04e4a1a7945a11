import { ArrowDown, ArrowUp, Pencil, X } from "lucide-react";
import type { ReactNode } from "react";
import type { PendingCommand } from "../../lib/live/store.ts";
import { useHead, useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { EditPlace, useEditing, useIsOwn } from "../transcript/message-actions.tsx";
import { IconButton } from "../ui/button.tsx";

/** Prompts that wait for the active run, in the order they will be done. */
export function Queue() {
  const store = useStore();
  const thread = useHead().threads.find((one) => one.queue.length > 0);
  if (!thread) return null;
  const { queue, id: threadId } = thread;
  const run = (command: PendingCommand) => store.attempt(command);
  const swap = (index: number, other: number) => {
    const next = [...queue];
    const [moved] = next.splice(index, 1);
    if (moved) next.splice(other, 0, moved);
    run({ type: "queue.reorder", threadId, queue: next });
  };
  return (
    <section aria-label={text.queue.label} className="flex flex-col gap-1">
      <h2 className="text-12 text-n11">{text.queue.title(queue.length)}</h2>
      <ol className="flex max-h-60 flex-col overflow-y-auto rounded-6 border border-n6 bg-n2">
        {queue.map((runId, index) => (
          <QueuedRow key={runId} runId={runId}>
            <IconButton label={text.queue.up} disabled={index === 0} onClick={() => swap(index, index - 1)}>
              <ArrowUp size={14} aria-hidden />
            </IconButton>
            <IconButton
              label={text.queue.down}
              disabled={index === queue.length - 1}
              onClick={() => swap(index, index + 1)}
            >
              <ArrowDown size={14} aria-hidden />
            </IconButton>
            <IconButton label={text.queue.remove} onClick={() => run({ type: "queue.remove", runId })}>
              <X size={14} aria-hidden />
            </IconButton>
          </QueuedRow>
        ))}
      </ol>
    </section>
  );
}

/** A prompt in its place in the queue; its author can still change the words it will run with. */
function QueuedRow({ runId, children }: { runId: string; children: ReactNode }) {
  const message = useLive((store) => store.state.messages.get(store.state.runs.get(runId)?.messageId ?? ""));
  const own = useIsOwn(message);
  const { editing, button, begin, close } = useEditing();
  return (
    <li className="flex items-center gap-1 border-n6 border-b py-0.5 pr-1 pl-3 last:border-0">
      {own && editing && message ? (
        <EditPlace message={message} onClose={close} />
      ) : (
        <>
          <span className="min-w-0 flex-1 truncate text-13">{message?.content ?? text.queue.unknown}</span>
          {own && (
            <IconButton ref={button} label={text.queue.edit} onClick={begin}>
              <Pencil size={14} aria-hidden />
            </IconButton>
          )}
          {children}
        </>
      )}
    </li>
  );
}
