import { useNavigate } from "@remix-run/react";
import { Command } from "cmdk";
import { useEffect, useState } from "react";
import type { ConversationSummary } from "#contract/conversation";
import type { OrgRole } from "#contract/member";
import type { Repository } from "#contract/repository";
import type { SearchHit } from "#contract/search";
import { browserApi } from "../../lib/browser-api.ts";
import { placeOf } from "../../lib/place.ts";
import { settingsGroups } from "../../lib/settings-pages.ts";
import { text } from "../../lib/text.ts";
import { paletteText, shortcutsText } from "../../lib/text-palette.ts";
import { useMe } from "../../lib/use-me.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Snippet } from "./snippet.tsx";

const SEARCHABLE = /[\p{L}\p{N}]/u;

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
  const role = useMe()?.member.role ?? "guest";
  const [query, setQuery] = useState("");
  const { conversations, repositories, hits } = useFound(query);
  const go = (to: string) => {
    onOpenChange(false);
    navigate(to);
  };
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={paletteText.title} look="bare">
      <Command label={paletteText.title} loop>
        <Command.Input
          value={query}
          onValueChange={setQuery}
          placeholder={paletteText.placeholder}
          className="w-full border-n6 border-b bg-transparent px-4 py-3 text-15 outline-none"
        />
        <Command.List className="max-h-[50vh] overflow-y-auto p-1" label={paletteText.results}>
          {hits.length === 0 && (
            <Command.Empty className="px-4 py-6 text-13 text-n11">{paletteText.nothing}</Command.Empty>
          )}
          <Command.Group heading={paletteText.actions} className={GROUP}>
            <Places role={role} onGo={go} />
            <Command.Item
              className={ITEM}
              onSelect={() => {
                onOpenChange(false);
                onShortcuts();
              }}
            >
              {shortcutsText.title}
            </Command.Item>
          </Command.Group>
          <Command.Group heading={paletteText.conversations} className={GROUP}>
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
          <Command.Group heading={paletteText.repositories} className={GROUP}>
            {repositories.map((one) => (
              <Command.Item
                key={one.id}
                value={`${one.name} ${one.id}`}
                className={ITEM}
                onSelect={() => go(`/conversations/new?repository=${one.id}`)}
              >
                {paletteText.startIn(one.name)}
              </Command.Item>
            ))}
          </Command.Group>
          <Hits hits={hits} onGo={go} />
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** What a role may do and open. Every page of settings is also found by that word. */
function Places({ role, onGo }: { role: OrgRole; onGo: (to: string) => void }) {
  const item = ([label, to]: [string, string], keywords: string[] = []) => (
    <Command.Item key={label} className={ITEM} keywords={keywords} onSelect={() => onGo(to)}>
      {label}
    </Command.Item>
  );
  return (
    <>
      {role !== "guest" && item(NEW)}
      {PLACES.map((one) => item(one))}
      {settingsGroups(role)
        .flatMap((group) => group.pages)
        .map((one) => item(one, [text.nav.settings]))}
    </>
  );
}

const NEW: [string, string] = [text.nav.newConversation, "/conversations/new"];
const PLACES: [string, string][] = [
  [text.nav.conversations, "/conversations"],
  [paletteText.archived, "/conversations?archived=true"],
  [text.nav.settings, "/settings"],
];

/** Places inside conversations. The server chose them: letters are not compared again. */
function Hits({ hits, onGo }: { hits: SearchHit[]; onGo: (to: string) => void }) {
  if (hits.length === 0) return null;
  return (
    <Command.Group heading={paletteText.messages} className={GROUP} forceMount>
      {hits.map((one) => (
        <Command.Item
          key={`${one.conversationId} ${one.seq}`}
          value={`hit ${one.conversationId} ${one.seq}`}
          className={ITEM}
          onSelect={() => onGo(placeOf(one))}
          forceMount
        >
          <span className="flex min-w-0 flex-col">
            <span className="truncate">{one.title}</span>
            <Snippet parts={one.snippet} className="truncate text-12" />
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** What the server finds by this query, a moment after the person stops typing; what was asked before is given up. */
function useFound(query: string) {
  const [conversations, setConversations] = useState<ConversationSummary[]>([]);
  const [repositories, setRepositories] = useState<Repository[]>([]);
  const [hits, setHits] = useState<SearchHit[]>([]);
  useEffect(() => {
    browserApi.repositories.list().then(
      (page) => setRepositories(page.items),
      () => setRepositories([]),
    );
  }, []);
  useEffect(() => {
    const asked = new AbortController();
    const { signal } = asked;
    const timer = setTimeout(() => {
      const keep = (page: { items: ConversationSummary[] }) => signal.aborted || setConversations(page.items);
      browserApi.conversations.list({ q: query, limit: 20 }, { signal }).then(keep, () => undefined);
      const show = (found: SearchHit[]) => signal.aborted || setHits(found.filter((one) => one.kind !== "title"));
      if (!SEARCHABLE.test(query)) show([]);
      else
        browserApi.search(query, signal).then(
          (page) => show(page.items),
          () => show([]),
        );
    }, 150);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }, [query]);
  return { conversations, repositories, hits };
}
