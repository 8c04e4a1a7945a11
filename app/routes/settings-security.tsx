import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { lazy } from "react";
import { Later } from "../components/settings/later.tsx";
import { personalApi } from "../lib/access-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";

const Page = lazy(() => import("../components/settings/security.client.tsx"));

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.security) }];

export async function loader({ context }: LoaderFunctionArgs) {
  const api = personalApi(context.api);
  const account = await answerOf(api.readIfAny());
  return { account, sessions: account ? (await answerOf(api.sessions())).items : [] };
}

export default function Security() {
  const loaded = useLoaderData<typeof loader>();
  return (
    <Later>
      <Page {...loaded} />
    </Later>
  );
}
