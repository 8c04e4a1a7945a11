import { ArrowDown, ArrowUp, X } from "lucide-react";
import type { PendingCommand } from "../../lib/live/store.ts";
import { useHead, useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
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
      <ol className="flex max-h-40 flex-col overflow-y-auto rounded-6 border border-n6 bg-n2">
        {queue.map((runId, index) => (
          <li key={runId} className="flex items-center gap-1 border-n6 border-b py-0.5 pr-1 pl-3 last:border-0">
            <QueuedText runId={runId} />
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
          </li>
        ))}
      </ol>
    </section>
  );
}

function QueuedText({ runId }: { runId: string }) {
  const words = useLive((store) => {
    const run = store.state.runs.get(runId);
    return run ? store.state.messages.get(run.messageId)?.content : undefined;
  });
  return <span className="min-w-0 flex-1 truncate text-13">{words ?? text.queue.unknown}</span>;
}
