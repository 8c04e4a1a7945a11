import { AlertDialog } from "radix-ui";
import { text } from "../../lib/text.ts";
import { Button } from "./button.tsx";
import type { Confirmation } from "./confirm.tsx";
import { useReturnFocus } from "./use-return-focus.ts";

export default function ConfirmOpen({ ask, onClose }: { ask: Confirmation; onClose: () => void }) {
  const giveBack = useReturnFocus();
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <AlertDialog.Content
          onCloseAutoFocus={giveBack}
          className="float fixed top-[20vh] left-1/2 z-50 flex w-[min(440px,calc(100vw-32px))] -translate-x-1/2 flex-col gap-3 p-5"
        >
          <AlertDialog.Title className="font-semibold text-15">{ask.title}</AlertDialog.Title>
          <AlertDialog.Description className="text-13 text-n11">{ask.detail}</AlertDialog.Description>
          <div className="mt-1 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>{text.actions.cancel}</Button>
            </AlertDialog.Cancel>
            <Button look="danger" onClick={ask.onConfirm}>
              {ask.action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
