import { useRouteLoaderData } from "@remix-run/react";
import type { Me } from "#contract/me";
import type { loader as frameLoader } from "../routes/frame.tsx";

/** Whom this page speaks for. */
export function useMe(): Me | undefined {
  return useRouteLoaderData<typeof frameLoader>("routes/frame")?.me;
}
