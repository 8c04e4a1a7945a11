import type { Measure } from "./harness/measure.ts";
import { append } from "./measures/append.ts";
import { batches } from "./measures/batches.ts";
import { fanout } from "./measures/fanout.ts";
import { ingest } from "./measures/ingest.ts";
import { publish } from "./measures/publish.ts";
import { tokenLag } from "./measures/token-lag.ts";

/** Every measure, in the order of the table. */
export const MEASURES: readonly Measure[] = [append, batches, ingest, fanout, publish, tokenLag];
