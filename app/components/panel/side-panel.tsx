import { X } from "lucide-react";
import { Tabs } from "radix-ui";
import { lazy, Suspense } from "react";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Skeleton } from "../ui/page.tsx";
import { type SidePanelProps, TABS, type Tab } from "./tabs.ts";

const ChangesTab = lazy(() => import("./changes-tab.tsx"));
const FilesTab = lazy(() => import("./files-tab.tsx"));
const TerminalTab = lazy(() => import("./terminal-tab.tsx"));
const RunTab = lazy(() => import("./run-tab.tsx"));

/** The workspace beside the conversation. Each tab is loaded when it is first shown. */
export function SidePanel({ tab, file, onTab, onFile, onClose }: SidePanelProps) {
  const { changedFiles } = useHead();
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(value) => onTab(value as Tab)}
      activationMode="manual"
      className="flex h-full min-h-0 flex-col bg-n1"
    >
      <div className="flex h-12 shrink-0 items-center border-n6 border-b pr-2">
        <Tabs.List aria-label={text.panel.label} className="flex h-full min-w-0 flex-1 overflow-x-auto px-2">
          {TABS.map((one) => (
            <Tabs.Trigger
              key={one}
              value={one}
              className="-outline-offset-2 shrink-0 border-transparent border-b-2 px-3 text-13 text-n11 hover:text-n12 data-[state=active]:border-accent data-[state=active]:text-n12"
            >
              {text.panel.tab[one]}
              {one === "changes" && changedFiles > 0 && (
                <span className="ml-1.5 rounded-full bg-n4 px-1.5 text-12">{changedFiles}</span>
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <IconButton label={text.header.closePanel} onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <Tabs.Content value={tab} className="min-h-0 flex-1 outline-none" tabIndex={-1}>
        <Suspense fallback={<Skeleton rows={6} />}>
          {tab === "changes" && <ChangesTab file={file} onFile={onFile} />}
          {tab === "files" && <FilesTab file={file} onFile={onFile} />}
          {tab === "terminal" && <TerminalTab />}
          {tab === "run" && <RunTab />}
        </Suspense>
      </Tabs.Content>
    </Tabs.Root>
  );
}
