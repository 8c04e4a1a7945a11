export const TABS = ["changes", "files", "terminal", "run"] as const;
export type Tab = (typeof TABS)[number];

/** The tab of a URL, or null where it names none. */
export function isTab(value: string | null): Tab | null {
  return TABS.find((one) => one === value) ?? null;
}

export interface SidePanelProps {
  tab: Tab;
  file: string | null;
  onTab: (tab: Tab) => void;
  onFile: (file: string | null) => void;
  onClose: () => void;
}
