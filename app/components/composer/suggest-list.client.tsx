import { FileText, Folder, Sparkles, User } from "lucide-react";
import { useEffect, useState } from "react";
import { text } from "../../lib/text.ts";
import { type Option, useOptions } from "./suggest-options.ts";
import type { SuggestListProps } from "./use-suggest.ts";

const ICONS = { prompt: Sparkles, person: User, folder: Folder, file: FileText } as const;

/** What can be named here. The field keeps the focus; arrows move, Enter and Tab take, Escape closes. */
export default function SuggestList({ id, trigger, keys, onChoose, onActive }: SuggestListProps) {
  const options = useOptions(trigger);
  const [at, setAt] = useState(0);
  const chosen = Math.min(at, options.length - 1);
  const activeId = options.length === 0 ? null : `${id}-${chosen}`;
  useEffect(() => {
    onActive(activeId);
    return () => onActive(null);
  }, [activeId, onActive]);
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  keys.current = (key) => {
    const option = options[chosen];
    if (!option) return false;
    if (key === "ArrowDown") setAt((chosen + 1) % options.length);
    else if (key === "ArrowUp") setAt((chosen - 1 + options.length) % options.length);
    else if (key === "Enter" || key === "Tab") onChoose(option.insert);
    else return false;
    return true;
  };
  if (options.length === 0) return null;
  return (
    <div
      id={id}
      role="listbox"
      tabIndex={-1}
      aria-label={trigger.kind === "prompt" ? text.suggest.prompts : text.suggest.mentions}
      className="float absolute inset-x-0 bottom-full z-20 mb-1 max-h-[min(280px,40dvh)] overflow-y-auto p-1"
    >
      {options.map((option, index) => (
        <Row
          key={option.key}
          id={`${id}-${index}`}
          option={option}
          selected={index === chosen}
          onChoose={() => onChoose(option.insert)}
        />
      ))}
    </div>
  );
}

interface RowProps {
  id: string;
  option: Option;
  selected: boolean;
  onChoose: () => void;
}

function Row({ id, option, selected, onChoose }: RowProps) {
  const Icon = ICONS[option.kind];
  return (
    <button
      type="button"
      role="option"
      id={id}
      tabIndex={-1}
      aria-selected={selected}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className="flex w-full items-center gap-2 rounded-6 px-2 py-1.5 text-left text-13 hover:bg-n3 aria-selected:bg-n4 pointer-coarse:py-2.5"
    >
      <Icon size={14} className="shrink-0 text-n11" aria-hidden />
      <span className="min-w-0 flex-1 truncate">{option.label}</span>
      {option.detail && <span className="max-w-[45%] shrink-0 truncate text-12 text-n11">{option.detail}</span>}
    </button>
  );
}
