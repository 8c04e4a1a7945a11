import type { DragEvent } from "react";
import type { ConversationSettings } from "#contract/conversation";
import type { MessageMode } from "#contract/message";
import type { Model } from "#contract/provider";
import type { AgentMode } from "#contract/run";
import { useHead, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { PinnedAsks } from "../asks/pinned-asks.tsx";
import { AttachButton } from "./attach-button.tsx";
import { AttachmentList } from "./attachment-list.tsx";
import { ComposerStatus } from "./composer-status.tsx";
import { ContextMeter } from "./context-meter.tsx";
import { Queue } from "./queue.tsx";
import { SendButtons } from "./send-buttons.tsx";
import { AgentModeOptions, AutonomyOptions, ExecutorOptions, ModelOptions, Picker } from "./settings-pickers.tsx";
import { useAttachments } from "./use-attachments.ts";
import { useDraft } from "./use-draft.ts";
import { Words } from "./words.tsx";

/** Where people write. What Enter does follows from what the agent does. */
export function Composer({ models }: { models: Model[] }) {
  const store = useStore();
  const head = useHead();
  const [draft, setDraft] = useDraft(head.id);
  const attachments = useAttachments();
  const activeRunId = head.threads.find((one) => one.activeRunId)?.activeRunId ?? null;
  const ready = draft.trim() !== "" && !attachments.busy;
  const send = (mode: MessageMode) => {
    if (!ready) return;
    const files = attachments.list.flatMap(({ id, name }) => (id ? [{ id, name }] : []));
    store.send({ content: draft.trim(), mode, attachments: files });
    setDraft("");
    attachments.clear();
  };
  return (
    <div className="border-n6 border-t bg-n1 px-4 pt-2 pb-[max(12px,env(safe-area-inset-bottom))]">
      <div className="mx-auto flex max-w-[760px] flex-col gap-2">
        <PinnedAsks />
        <Queue />
        <ComposerStatus />
        <form
          className="relative rounded-10 border border-n7 bg-n1 focus-within:border-accent"
          onSubmit={(event) => {
            event.preventDefault();
            send("auto");
          }}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event: DragEvent) => {
            event.preventDefault();
            attachments.add(event.dataTransfer.files);
          }}
        >
          <AttachmentList list={attachments.list} onRemove={attachments.remove} />
          <Words draft={draft} onChange={setDraft} onSend={() => send("auto")} onFiles={attachments.add} />
          <div className="flex flex-wrap items-center justify-between gap-1 px-2 pb-2">
            <AttachButton onFiles={attachments.add} />
            <span
              className={`flex min-w-0 flex-wrap gap-1 sm:order-none sm:flex-1 ${activeRunId ? "order-first basis-full" : "flex-1"}`}
            >
              <Settings models={models} />
              <ContextMeter models={models} />
            </span>
            <span className="flex shrink-0 gap-1">
              <SendButtons activeRunId={activeRunId} ready={ready} onSend={send} />
            </span>
          </div>
        </form>
      </div>
    </div>
  );
}

function Settings({ models }: { models: Model[] }) {
  const store = useStore();
  const { model, executor, agentMode, autonomy } = useHead().settings;
  const configure = (changes: Partial<ConversationSettings>) =>
    store.attempt({ type: "conversation.configure", ...changes });
  return (
    <>
      <Picker label={text.composer.model} value={model} onChange={(value) => configure({ model: value })}>
        <ModelOptions models={models} value={model} />
      </Picker>
      <Picker
        label={text.composer.engine}
        value={executor}
        onChange={(value) => configure({ executor: value as typeof executor })}
      >
        <ExecutorOptions value={executor} />
      </Picker>
      {executor === "opencode" && (
        <Picker
          label={text.composer.agentMode}
          value={agentMode ?? "build"}
          onChange={(value) => configure({ agentMode: value as AgentMode })}
        >
          <AgentModeOptions />
        </Picker>
      )}
      <Picker
        label={text.composer.autonomy}
        value={autonomy}
        onChange={(value) => configure({ autonomy: value as typeof autonomy })}
      >
        <AutonomyOptions />
      </Picker>
    </>
  );
}
