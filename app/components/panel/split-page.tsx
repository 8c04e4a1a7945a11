import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect, useState } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { readKept, writeKept } from "../../lib/kept.ts";
import { text } from "../../lib/text.ts";
import { SidePanel, type SidePanelProps, TABS, type Tab } from "./side-panel.tsx";

/** The tab of a URL, or null where it names none. */
export function isTab(value: string | null): Tab | null {
  return TABS.find((one) => one === value) ?? null;
}

interface SplitPageProps {
  panel: SidePanelProps | null;
  children: ReactNode;
}

const SIZE_KEY = "panel-percent";

/** The page with its side panel: beside it, resizable and remembered, or over it where there is no room. */
export function SplitPage({ panel, children }: SplitPageProps) {
  const wide = useWide();
  const [size, setSize] = useState<number | null>(null);
  useEffect(() => setSize(readKept<number>(SIZE_KEY) ?? 42), []);
  const beside = panel !== null && wide && size !== null;
  return (
    <>
      <Group
        orientation="horizontal"
        className="h-full"
        onLayoutChanged={(layout) => {
          const percent = layout.side;
          if (percent !== undefined) writeKept(SIZE_KEY, percent);
        }}
      >
        <Panel id="page" minSize="320px" className="h-full">
          {children}
        </Panel>
        {beside && (
          <>
            <Separator className="w-px bg-n6 outline-offset-0 hover:bg-accent focus-visible:bg-accent" />
            <Panel id="side" minSize="360px" maxSize="720px" defaultSize={`${size}%`} className="h-full">
              <aside className="h-full" aria-label={text.panel.label}>
                <SidePanel {...panel} />
              </aside>
            </Panel>
          </>
        )}
      </Group>
      {panel && wide === false && <PanelSheet {...panel} />}
    </>
  );
}

function PanelSheet(panel: SidePanelProps) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && panel.onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-30 bg-scrim" />
        <Radix.Content className="fixed inset-x-0 top-0 bottom-0 z-30 bg-n1" aria-describedby={undefined}>
          <Radix.Title className="sr-only">{text.panel.label}</Radix.Title>
          <SidePanel {...panel} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Whether two columns fit; null until the browser has said so. */
function useWide(): boolean | null {
  const [wide, setWide] = useState<boolean | null>(null);
  useEffect(() => {
    const query = window.matchMedia("(min-width: 900px)");
    const read = () => setWide(query.matches);
    read();
    query.addEventListener("change", read);
    return () => query.removeEventListener("change", read);
  }, []);
  return wide;
}
