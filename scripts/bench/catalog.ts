import type { Measure } from "./harness/measure.ts";
import { append } from "./measures/append.ts";
import { batches } from "./measures/batches.ts";
import { durability } from "./measures/durability.ts";
import { fanout } from "./measures/fanout.ts";
import { firstToken } from "./measures/first-token.ts";
import { fork } from "./measures/fork.ts";
import { ingest } from "./measures/ingest.ts";
import { kills } from "./measures/kills.ts";
import { publish } from "./measures/publish.ts";
import { resume } from "./measures/resume.ts";
import { search } from "./measures/search.ts";
import { size } from "./measures/size.ts";
import { tokenLag } from "./measures/token-lag.ts";
import { wake } from "./measures/wake.ts";

/** Every measure, in the order of the table. */
export const MEASURES: readonly Measure[] = [
  durability,
  append,
  batches,
  ingest,
  fanout,
  publish,
  firstToken,
  tokenLag,
  resume,
  wake,
  fork,
  search,
  kills,
  size,
];
