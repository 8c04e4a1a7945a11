import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { lazy } from "react";
import { Later } from "../components/settings/later.tsx";
import { membersApi } from "../lib/access-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";

const Page = lazy(() => import("../components/settings/members.client.tsx"));

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.members) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  const word = (name: string) => searchParams.get(name) ?? "";
  const filter = { q: word("q"), role: word("role"), state: word("state"), cursor: word("cursor") };
  const api = membersApi(context.api);
  const [page, waiting, invitations] = await answerOf(
    Promise.all([api.members(filter), api.members({ state: "pending", limit: "200" }), api.invitations()]),
  );
  return { page, waiting: waiting.items, invitations: invitations.items, filter };
}

export default function Members() {
  const loaded = useLoaderData<typeof loader>();
  return (
    <Later>
      <Page {...loaded} />
    </Later>
  );
}
