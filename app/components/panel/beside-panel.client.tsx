import { useState } from "react";
import { Group, type Layout, Panel, Separator } from "react-resizable-panels";
import { text } from "../../lib/text.ts";
import { SidePanel } from "./side-panel.tsx";
import type { SidePanelProps } from "./tabs.ts";

interface BesidePanelProps {
  panel: SidePanelProps;
  percent: number;
  onResize: (percent: number) => void;
  onResized: (percent: number) => void;
}

/**
 * Lies over the whole page with an empty left part that lets everything through: so the page keeps its place in the
 * tree, and the code that resizes comes only with the panel.
 */
export default function BesidePanel({ panel, percent, onResize, onResized }: BesidePanelProps) {
  const [first] = useState(percent);
  const side = (tell: (percent: number) => void) => (layout: Layout) => {
    if (layout.side !== undefined) tell(layout.side);
  };
  return (
    <Group
      orientation="horizontal"
      className="pointer-events-none absolute inset-0"
      onLayoutChange={side(onResize)}
      onLayoutChanged={side(onResized)}
    >
      <Panel id="page" minSize="360px" />
      <Separator
        aria-label={text.panel.resize}
        className="pointer-events-auto w-px bg-n6 hover:bg-accent focus-visible:bg-accent"
      />
      <Panel id="side" minSize="360px" maxSize="720px" defaultSize={`${first}%`} className="pointer-events-auto">
        <aside className="h-full" aria-label={text.panel.label}>
          <SidePanel {...panel} />
        </aside>
      </Panel>
    </Group>
  );
}
