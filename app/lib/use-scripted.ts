import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether scripts run here. False on the server: what a reader could open without scripts must be in the page. */
export function useScripted(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
