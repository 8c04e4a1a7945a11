/** Pages of `app.BASE`: for people who are signed in nowhere yet, or choose where to go. All others are of an org's host. */
const ACCOUNT_PAGES: ReadonlySet<string> = new Set([
  "/sign-in",
  "/register",
  "/forgot",
  "/reset",
  "/verify",
  "/invitation",
  "/organisations",
  "/organisations/new",
  "/no-entry",
]);
export const PICKER = "/organisations";

/** Whether a path is one of `app.BASE`'s pages. */
export function isAccountPage(pathname: string): boolean {
  return ACCOUNT_PAGES.has(pathname.replace(/(?<=.)\/$/, ""));
}

/** Whether a browser asks for a page to show: not for a file, not for the data of a page that is there. */
export function isDocument(request: Request): boolean {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (pathname.startsWith("/assets/") || pathname === "/__manifest" || searchParams.has("_data")) return false;
  const destination = request.headers.get("sec-fetch-dest");
  return destination === null
    ? (request.headers.get("accept") ?? "").includes("text/html")
    : destination === "document";
}
