import { Dialog } from "radix-ui";
import { text } from "../../lib/text.ts";
import { useReturnFocus } from "../ui/use-return-focus.ts";
import { SidePanel } from "./side-panel.tsx";
import type { SidePanelProps } from "./tabs.ts";

/** The side panel over the page, where there is no room beside it. */
export default function PanelSheet(panel: SidePanelProps) {
  const giveBack = useReturnFocus();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && panel.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-scrim" />
        <Dialog.Content className="fixed inset-0 z-30 bg-n1" aria-describedby={undefined} onCloseAutoFocus={giveBack}>
          <Dialog.Title className="sr-only">{text.panel.label}</Dialog.Title>
          <SidePanel {...panel} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
