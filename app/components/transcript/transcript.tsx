import { ArrowDown } from "lucide-react";
import { useEffect } from "react";
import type { Entry } from "../../lib/live/timeline.ts";
import { useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { ForkMark, ReplayMark } from "../fork/fork.tsx";
import { Button } from "../ui/button.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";
import { LiveRegion } from "./live-region.tsx";
import { loadMarkdown } from "./load-markdown.ts";
import { MessageEntry, PendingEntry } from "./message-entry.tsx";
import { OlderEntries, useKeptPlace } from "./older-entries.tsx";
import { Turn } from "./turn.tsx";
import { useSoughtEntry } from "./use-sought-entry.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";

function Entries() {
  const entries = useLive((store) => store.timeline.entries);
  const forkedAt = useLive((store) => store.state.head?.forkedFrom?.atSeq ?? null);
  const whole = useLive((store) => store.state.fromSeq === 1);
  const inherited = forkedAt === null ? 0 : entries.filter((one) => one.seq <= forkedAt).length;
  return (
    <>
      {entries.slice(0, inherited).map((entry) => (
        <TranscriptEntry key={entry.id} entry={entry} />
      ))}
      {forkedAt !== null && (whole || inherited > 0) && <ForkMark />}
      {entries.slice(inherited).map((entry) => (
        <TranscriptEntry key={entry.id} entry={entry} />
      ))}
    </>
  );
}

function TranscriptEntry({ entry }: { entry: Entry }) {
  return entry.kind === "run" ? <Turn runId={entry.id} /> : <MessageEntry messageId={entry.id} />;
}

/** Everything that was said and done, oldest first. It follows the end only while the reader is there. */
export function Transcript() {
  const entries = useLive((store) => store.timeline.entries);
  const pending = useLive((store) => store.pending);
  const older = useLive((store) => store.state.fromSeq > 1);
  useEffect(() => void loadMarkdown(), []);
  const { scroller, content, atEnd, toEnd, leaveEnd } = useStickToEnd(pending.length);
  const expectOlder = useKeptPlace(scroller, entries[0]?.id);
  useSoughtEntry({ scroller, leaveEnd, onLoad: expectOlder });
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        aria-label={text.transcript.label}
        {...SCROLLABLE}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div ref={content} className="mx-auto flex max-w-[792px] flex-col gap-5 px-4 py-6">
          {older && <OlderEntries onLoad={expectOlder} />}
          {entries.length + pending.length === 0 && <p className="text-15 text-n11">{text.transcript.empty}</p>}
          <ReplayMark />
          <Entries />
          {pending.map((one) => (
            <PendingEntry key={one.clientId} message={one} />
          ))}
        </div>
      </section>
      {!atEnd && (
        <Button onClick={toEnd} className="float absolute bottom-3 left-1/2 -translate-x-1/2">
          <ArrowDown size={14} aria-hidden />
          {text.transcript.toLatest}
        </Button>
      )}
      <LiveRegion />
    </div>
  );
}
