import { type KeyboardEvent, type RefObject, useId, useRef, useState } from "react";
import { replaced, type Trigger, triggerAt } from "../../lib/trigger.ts";

/** What the open list does with a key; true where the key was its. */
export type SuggestKeys = (key: string) => boolean;

interface SuggestOptions {
  field: RefObject<HTMLTextAreaElement>;
  words: string;
  onChange: (words: string) => void;
}

/** Follows the caret: where it is behind a sign that asks for something, a list offers it. */
export function useSuggest({ field, words, onChange }: SuggestOptions) {
  const listId = useId();
  const keys = useRef<SuggestKeys | null>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const found = caret === null ? null : triggerAt(words, caret);
  const trigger = found && dismissed !== signOf(found) ? found : null;
  const follow = () => {
    const element = field.current;
    setCaret(element?.selectionStart ?? null);
    if (element && !triggerAt(element.value, element.selectionStart)) setDismissed(null);
  };
  const choose = (insert: string) => {
    if (!trigger) return;
    const next = replaced(words, trigger, insert);
    onChange(next.words);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(next.caret, next.caret);
      follow();
    });
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!trigger || event.nativeEvent.isComposing) return false;
    if (event.key === "Escape") setDismissed(signOf(trigger));
    else if (active === null || !keys.current?.(event.key)) return false;
    event.preventDefault();
    return true;
  };
  const described = active === null ? {} : { "aria-controls": listId, "aria-activedescendant": active };
  return {
    /** For the field: what it offers, and which of it Enter would take. */
    aria: { "aria-autocomplete": "list" as const, "aria-haspopup": "listbox" as const, ...described },
    list: trigger && { id: listId, trigger, keys, onChoose: choose, onActive: setActive },
    follow,
    leave: () => setCaret(null),
    onKey,
  };
}

export type SuggestListProps = NonNullable<ReturnType<typeof useSuggest>["list"]>;

function signOf({ kind, from }: Trigger): string {
  return `${kind} ${from}`;
}
