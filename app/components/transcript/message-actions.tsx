import { Pencil, Trash2 } from "lucide-react";
import { lazy, type RefObject, Suspense, useRef, useState } from "react";
import type { Message } from "#contract/message";
import { useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";

export const EditMessage = lazy(() => import("./edit-message.client.tsx"));

/** Whether this person wrote it, and it is still there. */
export function useIsOwn(message: Message | undefined): boolean {
  const self = useLive((store) => store.memberId);
  return message !== undefined && message.authorId === self && message.deletedAt === null;
}

/** Editing in place: whether it goes on, and the button that gets the focus back afterwards. */
export function useEditing() {
  const button = useRef<HTMLButtonElement>(null);
  const [editing, setEditing] = useState(false);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  return { editing, button, begin: () => setEditing(true), close };
}

interface MessageActionsProps {
  message: Message;
  onEdit: () => void;
  editButton: RefObject<HTMLButtonElement>;
}

const QUIET = "-my-1.5 pointer-coarse:-my-2.5";

/** What an author can do with a message; they take no height of their own. */
export function MessageActions({ message, onEdit, editButton }: MessageActionsProps) {
  const store = useStore();
  const [asking, setAsking] = useState(false);
  return (
    <span className="ml-auto flex gap-1 transition-opacity duration-100 focus-within:opacity-100 group-hover/message:opacity-100 sm:opacity-0 pointer-coarse:opacity-100">
      <IconButton ref={editButton} label={text.message.edit} className={QUIET} onClick={onEdit}>
        <Pencil size={14} aria-hidden />
      </IconButton>
      <IconButton label={text.message.remove} className={QUIET} onClick={() => setAsking(true)}>
        <Trash2 size={14} aria-hidden />
      </IconButton>
      <Confirm
        ask={
          asking
            ? {
                title: text.message.removeTitle,
                detail: text.message.removeDetail,
                action: text.message.removeAction,
                onConfirm: () => {
                  setAsking(false);
                  store.attempt({ type: "message.delete", messageId: message.id });
                },
              }
            : null
        }
        onClose={() => setAsking(false)}
      />
    </span>
  );
}

interface EditPlaceProps {
  message: Message;
  onClose: () => void;
}

/** The field in the message's own place; the words stay on the page until its code is here. */
export function EditPlace({ message, onClose }: EditPlaceProps) {
  const read = useLive((store) => message.runId !== null && store.state.runs.get(message.runId)?.status !== "queued");
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap text-15">{message.content}</p>}>
      <EditMessage message={message} note={read ? text.message.editNote : null} onClose={onClose} />
    </Suspense>
  );
}
