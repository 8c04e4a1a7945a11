import { ArrowUp, ChevronUp, CornerDownRight, ListPlus, Square, Zap } from "lucide-react";
import type { MessageMode } from "#contract/message";
import { useStore } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";

interface SendButtonsProps {
  activeRunId: string | null;
  ready: boolean;
  onSend: (mode: MessageMode) => void;
}

/** Send while nothing runs; Queue, Steer, Interrupt and Stop while something does. */
export function SendButtons({ activeRunId, ready, onSend }: SendButtonsProps) {
  if (activeRunId === null) {
    return (
      <Button type="submit" look="primary" disabled={!ready}>
        <ArrowUp size={14} aria-hidden />
        {text.composer.send}
      </Button>
    );
  }
  return (
    <>
      <StopButton runId={activeRunId} />
      <span className="flex">
        <Button type="submit" look="primary" disabled={!ready} className="rounded-r-none">
          <ListPlus size={14} aria-hidden />
          {text.composer.queue}
        </Button>
        <Menu
          entries={[
            {
              label: text.composer.queue,
              detail: text.composer.queueDetail,
              icon: <ListPlus size={14} aria-hidden />,
              onSelect: () => onSend("queue"),
              disabled: !ready,
            },
            {
              label: text.composer.steer,
              detail: text.composer.steerDetail,
              icon: <CornerDownRight size={14} aria-hidden />,
              onSelect: () => onSend("steer"),
              disabled: !ready,
            },
            {
              label: text.composer.interrupt,
              detail: text.composer.interruptDetail,
              icon: <Zap size={14} aria-hidden />,
              onSelect: () => onSend("interrupt"),
              disabled: !ready,
            },
          ]}
        >
          <IconButton
            label={text.composer.otherWays}
            className="w-7 rounded-l-none border-on-accent/30 border-l bg-accent text-on-accent hover:bg-accent-strong hover:text-on-accent"
          >
            <ChevronUp size={14} aria-hidden />
          </IconButton>
        </Menu>
      </span>
    </>
  );
}

function StopButton({ runId }: { runId: string }) {
  const store = useStore();
  return (
    <Button onClick={() => store.attempt({ type: "run.cancel", runId })}>
      <Square size={12} aria-hidden />
      <span className="sr-only sm:not-sr-only">{text.composer.stop}</span>
    </Button>
  );
}
