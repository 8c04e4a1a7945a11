import { lazy, Suspense } from "react";

export interface Confirmation {
  title: string;
  /** What is lost, in plain words. */
  detail: string;
  /** The verb of the button that does it. */
  action: string;
  /** Does it, and ends the asking. */
  onConfirm: () => void;
}

const ConfirmOpen = lazy(() => import("./confirm-open.client.tsx"));

/** Asks before something that cannot be undone. `ask` is null while there is nothing to ask. */
export function Confirm({ ask, onClose }: { ask: Confirmation | null; onClose: () => void }) {
  if (!ask) return null;
  return (
    <Suspense>
      <ConfirmOpen ask={ask} onClose={onClose} />
    </Suspense>
  );
}
