import { useNavigation } from "@remix-run/react";
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import { writeKept } from "../../lib/kept.ts";
import { suggestionsFor } from "../../lib/suggestions.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Field, noteId } from "../ui/field.tsx";
import { AttachButton } from "./attach-button.tsx";
import { AttachmentList } from "./attachment-list.tsx";
import type { useAttachments } from "./use-attachments.ts";
import { useDraft } from "./use-draft.ts";

interface PromptFieldProps {
  model: string;
  attachments: ReturnType<typeof useAttachments>;
}

/** The first message of a conversation: its words, kept over a reload, and its files. */
export function PromptField({ model, attachments }: PromptFieldProps) {
  const [draft, setDraft] = useDraft("new");
  const field = useRef<HTMLTextAreaElement>(null);
  useFocusWithMouse(field);
  useForgetWhenTaken();
  return (
    <div className="flex flex-col gap-3">
      <Field id="content" label={text.start.prompt} hint={text.start.promptHint}>
        <textarea
          ref={field}
          id="content"
          name="content"
          required
          rows={6}
          aria-describedby={noteId("content")}
          className="field text-15 leading-6"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={submitOnEnter}
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event: DragEvent) => {
            if (event.dataTransfer.files.length === 0) return;
            event.preventDefault();
            attachments.add(event.dataTransfer.files);
          }}
          onPaste={(event: ClipboardEvent) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            attachments.add(event.clipboardData.files);
          }}
        />
      </Field>
      <div className="-mx-3 -mt-3">
        <AttachmentList list={attachments.list} onRemove={attachments.remove} />
      </div>
      {attachments.list.map(({ id, key }) => id && <input key={key} type="hidden" name="attachments" value={id} />)}
      <div className="flex flex-wrap items-center gap-2">
        <AttachButton onFiles={attachments.add} />
        <Suggestions
          model={model}
          onChoose={(prompt) => {
            setDraft(prompt);
            field.current?.focus();
          }}
        />
      </div>
    </div>
  );
}

function Suggestions({ model, onChoose }: { model: string; onChoose: (prompt: string) => void }) {
  return (
    <ul className="flex flex-wrap gap-2" aria-label={text.start.suggestions}>
      {suggestionsFor(model).map((one) => (
        <li key={one.title}>
          <Button className="h-auto min-h-8 whitespace-normal py-1 text-left" onClick={() => onChoose(one.prompt)}>
            {one.title}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function submitOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

/** On a phone a focused field would bring up the keyboard over half of the page. */
function useFocusWithMouse(field: RefObject<HTMLTextAreaElement>): void {
  useEffect(() => {
    if (window.matchMedia("(pointer: fine)").matches) field.current?.focus();
  }, [field]);
}

/** The draft goes only when the page does: a refused form stays as it is. */
function useForgetWhenTaken(): void {
  const { state, formMethod } = useNavigation();
  const taken = state === "loading" && formMethod === "POST";
  useEffect(() => {
    if (taken) return forgetWhenGone;
  }, [taken]);
}

function forgetWhenGone(): void {
  if (!window.location.pathname.endsWith("/new")) writeKept("draft:new", null);
}
