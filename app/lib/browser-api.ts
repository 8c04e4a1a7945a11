import { createApi } from "./api.ts";

/** The api as the browser reaches it. */
export const browserApi = createApi((path, init) => fetch(path, init));
