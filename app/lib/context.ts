import { type AppLoadContext, data } from "@remix-run/cloudflare";
import { type Api, ApiProblem } from "./api.ts";

declare module "@remix-run/cloudflare" {
  interface Future {
    v3_singleFetch: true;
  }

  interface AppLoadContext {
    /** The api, bound to the person who asked for this page. */
    api: Api;
    /** Given to every inline script of this answer. */
    nonce: string;
  }
}

export type { AppLoadContext };

/** The answer of an api call, or its problem thrown as the page's error with the same status. */
export async function answerOf<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiProblem) throw data(error.problem, { status: error.status });
    throw error;
  }
}
