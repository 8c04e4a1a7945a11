import { Form } from "@remix-run/react";
import { text } from "../../lib/text.ts";
import { settingsPagesText } from "../../lib/text-settings-pages.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export default function RemoveProvider({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title={settingsPagesText.models.removeAction}>
      <Form method="post" className="flex flex-col gap-4 p-4" onSubmit={onClose}>
        <p>{settingsPagesText.models.removeConfirm}</p>
        <input type="hidden" name="id" value={id} />
        <div className="flex gap-2">
          <Button type="submit" look="danger" name="intent" value="remove">
            {settingsPagesText.models.removeAction}
          </Button>
          <Button onClick={onClose}>{text.actions.cancel}</Button>
        </div>
      </Form>
    </Dialog>
  );
}
