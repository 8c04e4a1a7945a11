import { Paperclip, X } from "lucide-react";
import { text } from "../../lib/text.ts";
import type { Attachment } from "./use-attachments.ts";

export function AttachmentList({ list, onRemove }: { list: Attachment[]; onRemove: (key: string) => void }) {
  if (list.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-3 pt-3" aria-label={text.message.attachments}>
      {list.map((one) => (
        <li
          key={one.key}
          className={`flex max-w-full items-center gap-2 rounded-6 border px-2 py-1 text-12 ${one.problem ? "border-red-line bg-red-soft" : "border-n6 bg-n2"}`}
        >
          <Paperclip size={14} className="shrink-0 text-n11" aria-hidden />
          <span className="truncate">{one.name}</span>
          <span className={one.problem ? "text-red" : "text-n11"} role="status">
            {one.problem ?? (one.id === null ? text.composer.uploading : "")}
          </span>
          <button
            type="button"
            className="-mr-1 rounded-6 p-1 hover:bg-n4"
            aria-label={text.composer.removeAttachment(one.name)}
            onClick={() => onRemove(one.key)}
          >
            <X size={12} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
