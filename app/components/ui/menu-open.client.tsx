import { DropdownMenu } from "radix-ui";
import type { ReactElement } from "react";
import type { MenuEntry } from "./menu.tsx";

interface OpenMenuProps {
  entries: MenuEntry[];
  notes: string[];
  children: ReactElement;
  /** Whether the person has already asked for it. */
  open: boolean;
}

/** An open menu hides nothing from assistive technology, and is part of the page's main landmark, or of the dialog it was opened in. */
export default function MenuOpen({ entries, notes, children, open }: OpenMenuProps) {
  return (
    <DropdownMenu.Root defaultOpen={open} modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal
        container={document.querySelector<HTMLElement>("[role=dialog]") ?? document.getElementById("main")}
      >
        <DropdownMenu.Content className="float z-50 min-w-[200px] max-w-[320px] p-1" sideOffset={4} align="end">
          {notes.map((note) => (
            <DropdownMenu.Label key={note} className="px-2 py-1 text-12 text-n11">
              {note}
            </DropdownMenu.Label>
          ))}
          {entries.map((entry) => (
            <DropdownMenu.Item
              key={entry.label}
              onSelect={entry.onSelect}
              disabled={entry.disabled ?? false}
              className="flex items-start gap-2 rounded-6 px-2 py-1.5 text-13 outline-none data-[highlighted]:bg-n4 data-[disabled]:opacity-60 pointer-coarse:py-2.5"
            >
              {entry.icon && <span className="mt-0.5 text-n11">{entry.icon}</span>}
              <span className="flex flex-col">
                <span>{entry.label}</span>
                {entry.detail && <span className="text-12 text-n11">{entry.detail}</span>}
              </span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
