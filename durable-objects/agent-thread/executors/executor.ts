import type { Problem } from "#contract/problem";
import type { Run } from "#contract/run";
import type { RunOrder } from "#platform/rpc";
import type { Replay } from "../recorder/replay.ts";
import type { RunReporter } from "../reporter.ts";
import type { RunRow, ThreadStore } from "../store.ts";
import type { ThreadWorld } from "../world.ts";

export interface RunEnd {
  status: Extract<Run["status"], "succeeded" | "failed" | "cancelled">;
  /** One word a program can branch on, such as `completed` or `step_limit`. */
  stopReason: string;
  problem: Problem | null;
  /** A name for the conversation, suggested before the end is reported. */
  title?: string;
}

/** What an executor works with. Everything it must not lose is in the store before it goes on. */
export interface RunContext {
  readonly runId: string;
  readonly order: RunOrder;
  readonly store: ThreadStore;
  readonly reporter: RunReporter;
  readonly world: ThreadWorld;
  /** The recording that answers in the place of models, tools and people; null where the run is real. */
  replay(): Promise<Replay | null>;
  /** Aborts when the run ends, for whatever reason. */
  readonly signal: AbortSignal;
  /** False once the run has ended: nothing may be written or reported any more. To be asked after every await. */
  live(): boolean;
  /** Settles once the conversation holds every report so far, or the run has ended. */
  stored(): Promise<void>;
  /** The run's row as it is now. */
  row(): RunRow;
  /** A person must act: the working clock stands still, and the loop returns. */
  wait(reason: "approval" | "question"): void;
  /** Ends the run, once; open items end with it. */
  finish(end: RunEnd): void;
}

/** Where a run was when its loop was lost or had to wait: what the store says. */
export type Checkpoint = Pick<RunRow, "steps" | "groupId" | "resumptions">;

/**
 * How a run is done (spec §5). Its methods settle when the run has ended or waits for a person; results are reported
 * through the context.
 */
export interface Executor {
  start(run: RunOrder["run"], context: RunContext): Promise<void>;
  /** Input of a person, stored already; it counts from the next model boundary on. */
  steer(input: { messageId: string; text: string }): void;
  /** The run has ended by cancellation: stops whatever runs outside of the thread. */
  cancel(reason: string): Promise<void>;
  /** Goes on from what is stored: after a person acted, and after an eviction or crash. */
  resume(checkpoint: Checkpoint): Promise<void>;
}

export type ExecutorFactory = (context: RunContext) => Executor;
