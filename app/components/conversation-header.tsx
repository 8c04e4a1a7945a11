import { Link } from "@remix-run/react";
import { PanelRight } from "lucide-react";
import { type FormEvent, useState } from "react";
import { costOf } from "../lib/format.ts";
import { useHead, useStore } from "../lib/live/use-live.ts";
import { text } from "../lib/text.ts";
import { NavButton } from "./frame/nav-button.tsx";
import { MoreMenu } from "./more-menu.tsx";
import { SandboxChip } from "./sandbox-chip.tsx";
import { IconButton } from "./ui/button.tsx";

interface HeaderProps {
  panelOpen: boolean;
  onPanel: () => void;
  /** The space it belongs to; null where it is everybody's, or a space that the reader does not see. */
  space: { id: string; name: string } | null;
}

export function ConversationHeader({ panelOpen, onPanel, space }: HeaderProps) {
  const head = useHead();
  return (
    <header className="flex min-h-12 shrink-0 items-center gap-2 border-n6 border-b px-3">
      <NavButton />
      <Title />
      {space && (
        <Link
          to={`/conversations?space=${space.id}`}
          className="hidden max-w-40 truncate rounded-6 bg-n4 px-1.5 text-12 hover:bg-n5 sm:block"
          title={text.header.inSpace(space.name)}
        >
          {space.name}
        </Link>
      )}
      {head.repository && (
        <span className="hidden max-w-48 truncate text-12 text-n11 lg:block" title={head.repository.name}>
          {head.repository.name}
        </span>
      )}
      {head.usage.costMicroUsd + (head.usage.unpricedTokens ?? 0) > 0 && (
        <span className="hidden text-12 text-n11 sm:block" title={text.header.cost}>
          {costOf(head.usage)}
        </span>
      )}
      <SandboxChip />
      <MoreMenu />
      <IconButton
        label={panelOpen ? text.header.closePanel : text.header.openPanel}
        aria-expanded={panelOpen}
        onClick={onPanel}
      >
        <PanelRight size={16} aria-hidden />
      </IconButton>
    </header>
  );
}

/** The page's title; a click makes it a field, Enter keeps it, Escape does not. */
function Title() {
  const store = useStore();
  const { title } = useHead();
  const [editing, setEditing] = useState(false);
  const keep = (value: string) => {
    setEditing(false);
    const next = value.trim();
    if (next && next !== title) store.attempt({ type: "conversation.rename", title: next });
  };
  if (!editing) {
    return (
      <h1 className="min-w-0 flex-1 truncate font-semibold text-15">
        <button
          type="button"
          className="max-w-full truncate rounded-6 px-1 text-left hover:bg-n3"
          title={text.header.renameThis(title)}
          onClick={() => setEditing(true)}
        >
          {title}
        </button>
      </h1>
    );
  }
  return (
    <form
      className="min-w-0 flex-1"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        keep(String(new FormData(event.currentTarget).get("title") ?? ""));
      }}
    >
      <input
        name="title"
        defaultValue={title}
        aria-label={text.header.titleLabel}
        maxLength={200}
        className="field font-semibold"
        ref={(element) => element?.focus()}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={(event) => keep(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && setEditing(false)}
      />
    </form>
  );
}
