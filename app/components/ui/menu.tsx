import { lazy, type ReactElement, type ReactNode } from "react";
import { LateMenu } from "./late-menu.tsx";

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
  return (
    <LateMenu
      load={load}
      open={(button) => (
        <MenuOpen entries={entries} notes={notes} open>
          {button}
        </MenuOpen>
      )}
    >
      {children}
    </LateMenu>
  );
}
