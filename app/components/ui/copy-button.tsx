import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { text } from "../../lib/text.ts";
import { IconButton } from "./button.tsx";

export function CopyButton({ read }: { read: () => string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await navigator.clipboard?.writeText(read()).then(
      () => true,
      () => false,
    );
    setCopied(done === true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <IconButton label={copied ? text.actions.copied : text.actions.copy} className="size-7 bg-n2" onClick={copy}>
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}
