import { createContext, useContext } from "react";
import type { Model } from "#contract/provider";

/** The models that can be chosen now: they know their names; a run knows an id only. */
export const ModelsContext = createContext<readonly Model[]>([]);

export interface ModelFace {
  name: string;
  demo: boolean;
}

/** What to call the model of a run: the demo model by its name, the others by `provider/model`, as they are chosen. */
export function faceOf(models: readonly Model[], id: string): ModelFace {
  const demo = models.find((one) => one.id === id && one.demo);
  return demo ? { name: demo.name, demo: true } : { name: id, demo: false };
}

export function useModelFace(id: string): ModelFace {
  return faceOf(useContext(ModelsContext), id);
}
