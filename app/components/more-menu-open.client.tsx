import { useNavigate, useRouteLoaderData } from "@remix-run/react";
import { Archive, ArchiveRestore, Disc3, Download, GitFork, History, RotateCw, Users } from "lucide-react";
import { type ReactElement, useState } from "react";
import { problemFrom } from "../lib/api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { listChanged } from "../lib/list-refresh.ts";
import { useHead, useStore } from "../lib/live/use-live.ts";
import { text } from "../lib/text.ts";
import { peopleText } from "../lib/text-people.ts";
import type { loader as frameLoader } from "../routes/frame.tsx";
import { ForkAt } from "./fork/fork.tsx";
import { PeopleDialog } from "./people/people-dialog.tsx";
import type { MenuEntry } from "./ui/menu.tsx";
import MenuOpen from "./ui/menu-open.client.tsx";

const EXPORT_FORMATS = ["md", "html", "jsonl"] as const;

/** Has the browser save what is at an address; the page stays. */
function download(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}

/** What can be done with a conversation as a whole, opened at once. */
export default function MoreMenuOpen({ children }: { children: ReactElement }) {
  const store = useStore();
  const { id, archivedAt, sandbox, participants } = useHead();
  const archived = archivedAt !== null;
  const [forkAt, setForkAt] = useState<number | null>(null);
  const [people, setPeople] = useState(false);
  const recording = useRecordingEntries();
  return (
    <>
      {people && <PeopleDialog onClose={() => setPeople(false)} />}
      <ForkAt atSeq={forkAt} onClose={() => setForkAt(null)} />
      <MenuOpen
        open
        notes={[]}
        entries={[
          {
            label: peopleText.title,
            detail: peopleText.count(participants.length),
            icon: <Users size={14} aria-hidden />,
            onSelect: () => setPeople(true),
          },
          {
            label: text.fork.menu,
            detail: text.fork.menuDetail,
            icon: <GitFork size={14} aria-hidden />,
            onSelect: () => setForkAt(store.state.seq),
          },
          {
            label: archived ? text.header.restore : text.header.archive,
            icon: archived ? <ArchiveRestore size={14} aria-hidden /> : <Archive size={14} aria-hidden />,
            onSelect: () => store.attempt({ type: "conversation.archive", archived: !archived }),
          },
          ...EXPORT_FORMATS.map((format) => ({
            ...text.header.exportAs[format],
            icon: <Download size={14} aria-hidden />,
            onSelect: () => download(`/api/conversations/${id}/export?format=${format}`),
          })),
          ...recording,
          {
            label: text.header.reload,
            detail: text.sandbox.state[sandbox.state],
            icon: <RotateCw size={14} aria-hidden />,
            onSelect: () => window.location.reload(),
          },
        ]}
      >
        {children}
      </MenuOpen>
    </>
  );
}

/** What administrators can do with the recording. */
function useRecordingEntries(): MenuEntry[] {
  const store = useStore();
  const navigate = useNavigate();
  const { id } = useHead();
  const role = useRouteLoaderData<typeof frameLoader>("routes/frame")?.me.member.role;
  if (role !== "admin" && role !== "owner") return [];
  const replay = async () => {
    try {
      const made = await browserApi.conversations.replay(id);
      listChanged();
      navigate(`/conversations/${made.id}`);
    } catch (error) {
      store.setNotice(problemFrom(error));
    }
  };
  return [
    {
      label: text.recording.replay,
      detail: text.recording.replayDetail,
      icon: <History size={14} aria-hidden />,
      onSelect: () => void replay(),
    },
    {
      label: text.recording.download,
      detail: text.recording.downloadDetail,
      icon: <Disc3 size={14} aria-hidden />,
      onSelect: () => download(`/api/conversations/${id}/recording`),
    },
  ];
}
