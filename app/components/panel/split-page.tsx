import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { readKept, writeKept } from "../../lib/kept.ts";
import type { SidePanelProps } from "./tabs.ts";

const BesidePanel = lazy(() => import("./beside-panel.client.tsx"));
const PanelSheet = lazy(() => import("./panel-sheet.client.tsx"));

interface SplitPageProps {
  panel: SidePanelProps | null;
  children: ReactNode;
}

const SIZE_KEY = "panel-percent";
const FIRST_PERCENT = 42;

/** The page with its side panel: beside it, resizable and remembered, or over it where there is no room. */
export function SplitPage({ panel, children }: SplitPageProps) {
  const wide = useWide();
  const [percent, setPercent] = useState(FIRST_PERCENT);
  useEffect(() => setPercent(readKept<number>(SIZE_KEY) ?? FIRST_PERCENT), []);
  const beside = panel !== null && wide === true;
  const keep = (next: number) => {
    setPercent(next);
    writeKept(SIZE_KEY, next);
  };
  return (
    <div className="relative h-full">
      <div className="h-full" style={beside ? { width: `${100 - percent}%` } : undefined}>
        {children}
      </div>
      {panel && wide !== null && (
        <Suspense>
          {wide ? (
            <BesidePanel panel={panel} percent={percent} onResize={setPercent} onResized={keep} />
          ) : (
            <PanelSheet {...panel} />
          )}
        </Suspense>
      )}
    </div>
  );
}

/** Whether two columns fit; null until the browser has said so. */
function useWide(): boolean | null {
  const [wide, setWide] = useState<boolean | null>(null);
  useEffect(() => {
    const query = window.matchMedia("(min-width: 960px)");
    const read = () => setWide(query.matches);
    read();
    query.addEventListener("change", read);
    return () => query.removeEventListener("change", read);
  }, []);
  return wide;
}
