import { type ReactNode, useRef } from "react";
import { CopyButton } from "../ui/copy-button.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";

export function CodeBlock({ children }: { children: ReactNode }) {
  const block = useRef<HTMLPreElement>(null);
  return (
    <div className="group relative mt-3 overflow-hidden rounded-6 border border-n6 bg-n2">
      <pre ref={block} {...SCROLLABLE}>
        {children}
      </pre>
      <div className="absolute top-1 right-1">
        <CopyButton read={() => block.current?.textContent ?? ""} />
      </div>
    </div>
  );
}
