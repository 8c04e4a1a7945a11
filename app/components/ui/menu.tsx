import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";

export interface MenuEntry {
  label: string;
  detail?: string;
  icon?: ReactNode;
  onSelect: () => void;
  disabled?: boolean;
}

const load = () => import("./menu-open.client.tsx");
const MenuOpen = lazy(load);

interface MenuProps {
  entries: MenuEntry[];
  /** What is said above the entries. */
  notes?: string[];
  /** Its button. */
  children: ReactElement;
}

/** A button's menu. The code of menus comes when a person first reaches for one. */
export function Menu({ entries, notes = [], children }: MenuProps) {
  const [wanted, setWanted] = useState(false);
  const closed = cloneElement(children, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setWanted(true),
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
  });
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuOpen entries={entries} notes={notes} open>
        {children}
      </MenuOpen>
    </Suspense>
  );
}
