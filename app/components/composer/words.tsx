import { type ClipboardEvent, type KeyboardEvent, lazy, Suspense, useRef } from "react";
import { text } from "../../lib/text.ts";
import { useSuggest } from "./use-suggest.ts";
import { useTyping } from "./use-typing.ts";

const SuggestList = lazy(() => import("./suggest-list.client.tsx"));

interface WordsProps {
  draft: string;
  onChange: (value: string) => void;
  onSend: () => void;
  onFiles: (files: Iterable<File>) => void;
}

/** Grows with its text up to 40 % of the page's height: the hidden twin has the same words and gives the height. */
export function Words({ draft, onChange, onSend, onFiles }: WordsProps) {
  const sayTyping = useTyping();
  const field = useRef<HTMLTextAreaElement>(null);
  const suggest = useSuggest({ field, words: draft, onChange });
  const onKeyDown = (event: KeyboardEvent) => {
    if (suggest.onKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  };
  return (
    <>
      {suggest.list && (
        <Suspense>
          <SuggestList {...suggest.list} />
        </Suspense>
      )}
      <div className="grid max-h-[40dvh] overflow-y-auto text-15">
        <div className="invisible col-start-1 row-start-1 whitespace-pre-wrap px-3 py-2.5" aria-hidden>
          {`${draft} `}
        </div>
        <textarea
          ref={field}
          className="col-start-1 row-start-1 min-h-11 w-full resize-none overflow-hidden rounded-10 bg-transparent px-3 py-2.5 outline-none pointer-coarse:text-[16px]"
          rows={1}
          name="content"
          value={draft}
          aria-label={text.composer.label}
          {...suggest.aria}
          placeholder={text.composer.placeholder}
          onChange={(event) => {
            onChange(event.target.value);
            sayTyping();
            suggest.follow();
          }}
          onSelect={suggest.follow}
          onBlur={suggest.leave}
          onKeyDown={onKeyDown}
          onPaste={(event: ClipboardEvent) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            onFiles(event.clipboardData.files);
          }}
        />
      </div>
    </>
  );
}
