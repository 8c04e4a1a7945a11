import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;
/** A server has no layout, and would warn. */
export const useIsomorphicLayoutEffect = typeof document === "undefined" ? useEffect : useLayoutEffect;

/** Keeps a scrolling element at its end while its content grows, unless the reader has left the end. */
export function useStickToEnd(ownMessages: number) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stick = useRef(true);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
    stick.current = true;
    setAtEnd(true);
  }, []);

  const leaveEnd = useCallback(() => {
    stick.current = false;
    setAtEnd(false);
  }, []);

  useIsomorphicLayoutEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (!element || !inner) return;
    element.scrollTop = element.scrollHeight;
    let top = element.scrollTop;
    // Only a reader goes up. A page that becomes narrower leaves the end behind without anybody leaving it.
    const onScroll = () => {
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      if (near || element.scrollTop < top - 1) stick.current = near;
      top = element.scrollTop;
      setAtEnd(stick.current);
    };
    const observer = new ResizeObserver(() => {
      if (stick.current) element.scrollTop = element.scrollHeight;
      else onScroll();
    });
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
    };
  }, []);

  useEffect(() => {
    if (ownMessages > 0) toEnd();
  }, [ownMessages, toEnd]);

  return { scroller, content, atEnd, toEnd, leaveEnd };
}
