import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { text } from "../../lib/text.ts";
import { IconButton } from "./button.tsx";
import { useReturnFocus } from "./use-return-focus.ts";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** `sheet` fills the side of a small screen; `bare` shows no heading of its own. */
  look?: "dialog" | "sheet" | "bare";
}

const PLACES = {
  dialog: "float fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[min(560px,calc(100vw-32px))] -translate-x-1/2",
  bare: "float fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[min(600px,calc(100vw-32px))] -translate-x-1/2",
  sheet: "fixed inset-y-0 left-0 z-50 w-[min(100vw,320px)] border-n6 border-r bg-n2",
} as const;

/** A modal over the page: focus stays in it, Escape closes it. */
export function Dialog({ open, onOpenChange, title, children, look = "dialog" }: DialogProps) {
  const giveBack = useReturnFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          className={`flex flex-col overflow-hidden ${PLACES[look]}`}
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
        >
          {look === "dialog" ? (
            <div className="flex items-center gap-2 border-n6 border-b py-2 pr-2 pl-4">
              <Radix.Title className="flex-1 font-semibold text-15">{title}</Radix.Title>
              <Radix.Close asChild>
                <IconButton label={text.actions.close}>
                  <X size={16} aria-hidden />
                </IconButton>
              </Radix.Close>
            </div>
          ) : (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          )}
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
