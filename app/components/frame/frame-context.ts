import { createContext, useContext } from "react";

interface FrameActions {
  openNav: () => void;
  openPalette: () => void;
  openShortcuts: () => void;
}

const nothing = () => undefined;

/** What any page may ask of the frame around it. */
export const FrameContext = createContext<FrameActions>({
  openNav: nothing,
  openPalette: nothing,
  openShortcuts: nothing,
});

export function useFrame(): FrameActions {
  return useContext(FrameContext);
}
