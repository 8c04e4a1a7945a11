import { Link } from "@remix-run/react";
import { GitFork, History } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";

const ForkDialog = lazy(() => import("./fork-dialog.client.tsx"));

/** The dialog of a fork at `atSeq`; nothing while that is null. */
export function ForkAt({ atSeq, onClose }: { atSeq: number | null; onClose: () => void }) {
  if (atSeq === null) return null;
  return (
    <Suspense>
      <ForkDialog atSeq={atSeq} onClose={onClose} />
    </Suspense>
  );
}

/** A quiet button at the end of something that is over. */
export function ForkButton({ atSeq }: { atSeq: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label={text.fork.here} className="-my-1.5 pointer-coarse:-my-2.5" onClick={() => setOpen(true)}>
        <GitFork size={14} aria-hidden />
      </IconButton>
      <ForkAt atSeq={open ? atSeq : null} onClose={() => setOpen(false)} />
    </>
  );
}

interface OriginMarkProps {
  icon: ReactNode;
  words: string;
  origin: { conversationId: string; title: string };
}

/** A rule across the transcript that says where this comes from. */
function OriginMark({ icon, words, origin }: OriginMarkProps) {
  return (
    <p className="flex items-center gap-3 text-12 text-n11 before:h-px before:flex-1 before:bg-n6 after:h-px after:flex-1 after:bg-n6">
      {icon}
      <span className="min-w-0 text-center">
        {words}{" "}
        <Link className="break-words underline hover:text-n12" to={`/conversations/${origin.conversationId}`}>
          {origin.title}
        </Link>
      </span>
    </p>
  );
}

/** Where what a fork inherited ends and its own begins. */
export function ForkMark() {
  const { forkedFrom } = useHead();
  if (!forkedFrom) return null;
  const icon = <GitFork size={14} className="shrink-0" aria-hidden />;
  return <OriginMark icon={icon} words={text.fork.from} origin={forkedFrom} />;
}

/** At the beginning of a replay. */
export function ReplayMark() {
  const { replayOf } = useHead();
  if (!replayOf) return null;
  const icon = <History size={14} className="shrink-0" aria-hidden />;
  return <OriginMark icon={icon} words={text.recording.of} origin={replayOf} />;
}
