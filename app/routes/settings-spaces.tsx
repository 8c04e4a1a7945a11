import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { lazy } from "react";
import { Later } from "../components/settings/later.tsx";
import { membersApi } from "../lib/access-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";

const Page = lazy(() => import("../components/settings/spaces.client.tsx"));

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.spaces) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const archived = new URL(request.url).searchParams.get("archived") === "true";
  return { spaces: (await answerOf(membersApi(context.api).spaces(archived))).items, archived };
}

export default function Spaces() {
  const loaded = useLoaderData<typeof loader>();
  return (
    <Later>
      <Page {...loaded} />
    </Later>
  );
}
