import { type KeyboardEvent, useState } from "react";
import type { Message } from "#contract/message";
import type { Problem } from "#contract/problem";
import { problemFrom } from "../../lib/api.ts";
import { useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

interface EditMessageProps {
  message: Message;
  /** What editing does not change, where that is worth saying. */
  note: string | null;
  onClose: () => void;
}

/** A message as a field. Nothing written is lost when the server refuses it. */
export default function EditMessage({ message, note, onClose }: EditMessageProps) {
  const { content, setContent, busy, problem, save } = useEdit(message, onClose);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
    else return;
    event.preventDefault();
  };
  return (
    <form
      className="flex min-w-0 flex-1 flex-col gap-2 py-1"
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        className="field max-h-[40dvh] text-15 leading-6"
        rows={Math.min(12, content.split("\n").length + 1)}
        aria-label={text.message.editLabel}
        value={content}
        ref={focusEnd}
        onChange={(event) => setContent(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {problem && <ProblemNotice problem={problem} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" disabled={busy || content.trim() === ""}>
          {text.actions.save}
        </Button>
        <Button look="quiet" onClick={onClose}>
          {text.actions.cancel}
        </Button>
        {note && <span className="text-12 text-n11">{note}</span>}
      </div>
    </form>
  );
}

function useEdit(message: Message, onClose: () => void) {
  const store = useStore();
  const [content, setContent] = useState(message.content);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    if (content.trim() === "" || busy) return;
    if (content === message.content) return onClose();
    setBusy(true);
    try {
      await store.command({ type: "message.edit", messageId: message.id, content: content.trim() });
      onClose();
    } catch (error) {
      setProblem(problemFrom(error));
      setBusy(false);
    }
  };
  return { content, setContent, busy, problem, save };
}

/** Once, when the field appears: the words are read on from where they end. */
function focusEnd(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}
