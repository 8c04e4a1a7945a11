import { LIMITS } from "#contract/limits";
import type { ItemDetail } from "#contract/run";
import { newId } from "#platform/new-id";
import { truncate } from "../../tools/truncate.ts";
import type { RunContext } from "../executor.ts";
import type { Step } from "./mapping.ts";
import { maskTokens } from "./mask-tokens.ts";
import type { OpenCodeState } from "./state.ts";

/** People see this much of an output while a command runs; the rest comes with its end. */
const MAX_LIVE_CHARS = 64 * 1024;

type Of<D extends Step["do"]> = Extract<Step, { do: D }>;
export type TranscriptStep = Of<
  "open_group" | "close_group" | "open_item" | "describe_item" | "grow_item" | "show_text" | "end_item"
>;

/**
 * Makes groups and items of steps. What a step names by OpenCode's id is kept in one commit with the item it became, so that a
 * step done again changes nothing.
 */
export class Transcript {
  readonly #context: RunContext;
  readonly #state: OpenCodeState;

  constructor(context: RunContext, state: OpenCodeState) {
    this.#context = context;
    this.#state = state;
  }

  async apply(step: TranscriptStep): Promise<void> {
    switch (step.do) {
      case "open_group":
        return this.#openGroup(step.key);
      case "close_group":
        return this.#closeGroup(step.key);
      case "open_item":
        return void this.openItem(step);
      case "describe_item":
        return this.describe(step.key, step.detail);
      case "grow_item":
        return this.#grow(step.key, step.text);
      case "show_text":
        return this.#showText(step.key, step.text);
      case "end_item":
        return this.#endItem(step);
    }
  }

  #openGroup(key: string): void {
    const { store, reporter, runId } = this.#context;
    if (this.#state.kept(key)) return;
    const id = newId("group");
    store.together(() => {
      this.#closeOpenGroup();
      this.#state.keep(key, { id, groupId: null });
      store.updateRun(runId, { groupId: id, steps: this.#context.row().steps + 1 });
      reporter.report({ type: "group.opened", group: { id, runId, title: "", closed: false } });
    });
  }

  #closeGroup(key: string): void {
    const kept = this.#state.kept(key);
    if (kept === null || kept.id !== this.#context.row().groupId) return;
    this.#context.store.together(() => this.#closeOpenGroup());
  }

  #closeOpenGroup(): void {
    const { store, reporter, runId } = this.#context;
    const { groupId } = this.#context.row();
    if (groupId === null) return;
    reporter.report({ type: "group.closed", groupId });
    store.updateRun(runId, { groupId: null });
  }

  /** The item of a part, made where there is none. */
  openItem(step: Omit<Of<"open_item">, "do">): string {
    const { store, reporter } = this.#context;
    const kept = this.#state.kept(step.key);
    if (kept) return kept.id;
    const parent = step.parent === null ? null : this.#state.kept(step.parent);
    const groupId = parent?.groupId ?? this.#context.row().groupId;
    return store.together(() => {
      const { kind, title, detail } = step;
      const id = reporter.open({
        kind,
        groupId,
        title: maskTokens(title),
        detail: masked(detail),
        parentId: parent?.id ?? null,
      });
      this.#state.keep(step.key, { id, groupId });
      return id;
    });
  }

  /** Says more of an open item. */
  describe(key: string, detail: ItemDetail): void {
    const kept = this.#state.kept(key);
    if (kept && !kept.ended) this.#context.reporter.update(kept.id, masked(detail));
  }

  #grow(key: string, text: string): void {
    const kept = this.#state.kept(key);
    if (kept && !kept.ended) this.#context.reporter.grow(kept.id, text);
  }

  #showText(key: string, text: string): void {
    const kept = this.#state.kept(key);
    if (!kept || kept.ended) return;
    const shown = this.#context.reporter.textOf(kept.id);
    const whole = maskTokens(text).slice(0, MAX_LIVE_CHARS);
    if (whole.startsWith(shown)) this.#context.reporter.grow(kept.id, whole.slice(shown.length));
  }

  async #endItem(step: Of<"end_item">): Promise<void> {
    const { store, reporter } = this.#context;
    const kept = this.#state.kept(step.key);
    if (!kept || kept.ended) return;
    const shown = await this.#shown(kept.id, maskTokens(step.text ?? ""));
    if (!this.#context.live()) return;
    store.together(() => {
      reporter.complete(kept.id, {
        status: step.status ?? "completed",
        ...shown,
        ...(step.detail ? { detail: masked(step.detail) } : {}),
      });
      this.#state.end(step.key);
    });
  }

  /** A text's head and tail, and where the whole can be read when it is longer than that. */
  async #shown(itemId: string, whole: string) {
    const { text, totalBytes, omittedBytes } = truncate(whole, LIMITS.inlineOutputBytes);
    if (omittedBytes === 0) return { text };
    const kept = await this.#context.world.keepOutput(this.#context.order, itemId, whole);
    return { text, truncation: kept.ok ? { totalBytes, omittedBytes, href: kept.value } : null };
  }
}

/** Arguments may hold what a program printed. */
function masked(detail: ItemDetail): ItemDetail {
  return JSON.parse(maskTokens(JSON.stringify(detail))) as ItemDetail;
}
