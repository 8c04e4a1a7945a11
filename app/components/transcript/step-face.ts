import {
  ArrowRightLeft,
  Brain,
  FilePen,
  FileText,
  Globe,
  ListChecks,
  type LucideIcon,
  MessageCircleQuestion,
  Package,
  Search,
  ShieldQuestion,
  SquareTerminal,
  TriangleAlert,
  Wrench,
} from "lucide-react";
import type { Item, ItemKind } from "#contract/run";
import { between } from "../../lib/format.ts";
import { text } from "../../lib/text.ts";

const ICONS: Record<ItemKind, LucideIcon> = {
  text: FileText,
  reasoning: Brain,
  tool_call: Wrench,
  command: SquareTerminal,
  file_change: FilePen,
  plan: ListChecks,
  question: MessageCircleQuestion,
  approval: ShieldQuestion,
  handoff: ArrowRightLeft,
  artifact: Package,
  error: TriangleAlert,
};

const TOOL_ICONS: Record<string, LucideIcon> = {
  read: FileText,
  list: FileText,
  glob: Search,
  grep: Search,
  fetch: Globe,
};

export interface StepFace {
  Icon: LucideIcon;
  verb: string;
  object: string;
  took: string | null;
}

/** A step in one line: icon, verb, object, duration. */
export function stepFace(item: Item): StepFace {
  const Icon = TOOL_ICONS[item.detail.tool ?? ""] ?? ICONS[item.kind];
  const took = between(item.startedAt, item.completedAt);
  if (item.kind === "reasoning") {
    const verb = item.status === "in_progress" ? text.steps.thinking : text.steps.thought(took);
    return { Icon, verb, object: "", took: null };
  }
  const title = item.title || text.itemKind[item.kind];
  const cut = title.indexOf(" ");
  const named = /^(?:command|tool_call|file_change)$/.test(item.kind) && cut > 0;
  return named
    ? { Icon, verb: title.slice(0, cut), object: title.slice(cut + 1), took }
    : { Icon, verb: title, object: "", took };
}
