import { Paperclip } from "lucide-react";
import { memo } from "react";
import type { StoredFile } from "#contract/file";
import type { Message } from "#contract/message";
import { bytes } from "../../lib/format.ts";
import type { ConnectionState } from "../../lib/live/connection.ts";
import type { PendingMessage } from "../../lib/live/store.ts";
import { useLive, useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Time } from "../ui/time.tsx";
import { Markdown } from "./markdown.tsx";
import { EditPlace, MessageActions, useEditing, useIsOwn } from "./message-actions.tsx";

/** What a person wrote: a full-width block on its own ground, unlike an agent's ruled turn. */
export const MessageEntry = memo(function MessageEntry({ messageId }: { messageId: string }) {
  const message = useLive((store) => store.state.messages.get(messageId));
  const name = useLive(
    (store) => store.state.head?.participants.find((one) => one.memberId === message?.authorId)?.name,
  );
  const own = useIsOwn(message);
  const { editing, button, begin, close } = useEditing();
  if (!message) return null;
  const author = name ?? text.message.someone;
  return (
    <article
      className="group/message rounded-10 bg-n3 px-4 py-3"
      aria-label={text.message.label(author)}
      data-seq={message.seq}
    >
      <header className="flex items-center gap-2 text-12 text-n11">
        <h2 className="font-semibold text-13 text-n12">{author}</h2>
        <Time at={message.createdAt} />
        {message.editedAt && <span>{text.message.edited}</span>}
        {message.mode === "steer" && <span>{text.message.steered}</span>}
        {own && <MessageActions message={message} onEdit={begin} editButton={button} />}
      </header>
      {own && editing ? <EditPlace message={message} onClose={close} /> : <Content message={message} />}
      <Attachments files={message.attachments} />
    </article>
  );
});

function Content({ message }: { message: Message }) {
  if (message.deletedAt) return <p className="text-15 text-n11">{text.message.deleted}</p>;
  return <Words source={message.content} />;
}

/** People's words are Markdown too, but a line they ended stays ended. */
function Words({ source }: { source: string }) {
  return (
    <div className="keep-lines">
      <Markdown source={source} />
    </div>
  );
}

function Attachments({ files }: { files: StoredFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2 pt-2" aria-label={text.message.attachments}>
      {files.map((one) => (
        <li key={one.id}>
          <a
            href={`/api/files/${one.id}`}
            className="flex max-w-[280px] items-center gap-2 rounded-6 border border-n7 bg-n1 px-2 py-1 text-12 hover:bg-n2"
          >
            <Paperclip size={14} className="shrink-0" aria-hidden />
            <span className="truncate">{one.name}</span>
            <span className="shrink-0 text-n11">{bytes(one.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

const BEING_SENT: ReadonlySet<ConnectionState> = new Set(["connecting", "catching_up", "live"]);

/** A message of this person that the log does not hold yet. */
export function PendingEntry({ message }: { message: PendingMessage }) {
  const store = useStore();
  const away = useLive((one) => !BEING_SENT.has(one.connectionState));
  return (
    <article className="rounded-10 bg-n3 px-4 py-3" aria-label={text.message.pendingLabel}>
      <header className="flex items-center gap-2 text-12 text-n11">
        <h2 className="font-semibold text-13 text-n12">{text.message.you}</h2>
        {!message.problem && <span>{away ? text.message.willBeSent : text.message.sending}</span>}
      </header>
      <Words source={message.content} />
      {message.attachments.length > 0 && (
        <p className="text-12 text-n11">{message.attachments.map((one) => one.name).join(", ")}</p>
      )}
      {message.problem && (
        <div className="flex flex-col items-start gap-2 pt-2">
          <ProblemNotice problem={message.problem} />
          <div className="flex gap-2">
            <Button onClick={() => store.resend(message.clientId)}>{text.message.sendAgain}</Button>
            <Button look="quiet" onClick={() => store.dropPending(message.clientId)}>
              {text.message.discard}
            </Button>
          </div>
        </div>
      )}
    </article>
  );
}
