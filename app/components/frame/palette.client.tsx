import { useNavigate } from "@remix-run/react";
import { Command } from "cmdk";
import { useEffect, useState } from "react";
import type { ConversationSummary } from "#contract/conversation";
import type { Repository } from "#contract/repository";
import { browserApi } from "../../lib/browser-api.ts";
import { text } from "../../lib/text.ts";
import { Dialog } from "../ui/dialog.tsx";

interface PaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onShortcuts: () => void;
}

const ITEM =
  "flex items-center gap-2 rounded-6 px-3 py-2 text-13 cursor-pointer data-[selected=true]:bg-n4 pointer-coarse:py-3";
const GROUP =
  "p-1 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-n11";

/** Go anywhere by name: conversations, repositories, actions and settings. */
export default function Palette({ open, onOpenChange, onShortcuts }: PaletteProps) {
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const { conversations, repositories } = useFound(query);
  const go = (to: string) => {
    onOpenChange(false);
    navigate(to);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={text.palette.title} look="bare">
      <Command label={text.palette.title} loop>
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={text.palette.placeholder}
          className="w-full border-n6 border-b bg-transparent px-4 py-3 text-15 outline-none"
        />
        <Command.List className="max-h-[50vh] overflow-y-auto p-1" label={text.palette.results}>
          <Command.Empty className="px-4 py-6 text-13 text-n11">{text.palette.nothing}</Command.Empty>
          <Command.Group heading={text.palette.actions} className={GROUP}>
            {ACTIONS.map(([label, to]) => (
              <Command.Item key={to} className={ITEM} onSelect={() => go(to)}>
                {label}
              </Command.Item>
            ))}
            <Command.Item
              className={ITEM}
              onSelect={() => {
                onOpenChange(false);
                onShortcuts();
              }}
            >
              {text.shortcuts.title}
            </Command.Item>
          </Command.Group>
          <Command.Group heading={text.palette.conversations} className={GROUP}>
            {conversations.map((one) => (
              <Command.Item
                key={one.id}
                value={`${one.title} ${one.id}`}
                className={ITEM}
                onSelect={() => go(`/conversations/${one.id}`)}
              >
                <span className="flex-1 truncate">{one.title}</span>
                {one.repository && <span className="shrink-0 text-12 text-n11">{one.repository.name}</span>}
              </Command.Item>
            ))}
          </Command.Group>
          <Command.Group heading={text.palette.repositories} className={GROUP}>
            {repositories.map((one) => (
              <Command.Item
                key={one.id}
                value={`${one.name} ${one.id}`}
                className={ITEM}
                onSelect={() => go(`/conversations/new?repository=${one.id}`)}
              >
                {text.palette.startIn(one.name)}
              </Command.Item>
            ))}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

const ACTIONS: [string, string][] = [
  [text.nav.newConversation, "/conversations/new"],
  [text.nav.conversations, "/conversations"],
  [text.palette.archived, "/conversations?archived=true"],
  [text.nav.models, "/settings/models"],
  [text.nav.repositories, "/settings/repositories"],
  [text.nav.settings, "/settings"],
];

/** What the server finds by this query, a moment after the person stops typing. */
function useFound(query: string) {
  const [conversations, setConversations] = useState<ConversationSummary[]>([]);
  const [repositories, setRepositories] = useState<Repository[]>([]);
  useEffect(() => {
    browserApi.repositories.list().then(
      (page) => setRepositories(page.items),
      () => setRepositories([]),
    );
  }, []);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      const page = await browserApi.conversations.list({ q: query, limit: 20 }).catch(() => null);
      if (current && page) setConversations(page.items);
    }, 150);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query]);
  return { conversations, repositories };
}
