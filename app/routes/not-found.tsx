import { data } from "@remix-run/cloudflare";

export function loader() {
  throw data({ code: "not_found", detail: "There is no such page." }, { status: 404 });
}

export default function NotFound() {
  return null;
}

export { PageError as ErrorBoundary } from "../components/page-error.tsx";
