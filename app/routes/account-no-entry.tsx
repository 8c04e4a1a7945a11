import { type LoaderFunctionArgs, type MetaFunction, redirect, redirectDocument } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { Card, linkClass } from "../components/account/card.tsx";
import { accountApi } from "../lib/account-api.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { signInText } from "../lib/text-sign-in.ts";

const words = signInText.noEntry;

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: text.pageTitle(data?.org ? words.title(data.org.name) : words.unknownTitle) },
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const slug = new URL(request.url).searchParams.get("org") ?? "";
  const api = accountApi(context.api);
  const session = await answerOf(api.session(slug));
  if (!session.account) throw redirect(`/sign-in?${new URLSearchParams({ org: slug })}`);
  const mine = (await answerOf(api.orgs())).items.find((one) => one.slug === slug);
  if (mine?.state === "active" && mine.deletedAt === null) throw redirectDocument(mine.url);
  return { org: session.org, state: mine?.state ?? ("none" as const), email: session.account.email };
}

export default function NoEntry() {
  const { org, state, email } = useLoaderData<typeof loader>();
  const detail = state === "active" ? words.none : words[state];
  return (
    <Card
      title={org ? words.title(org.name) : words.unknownTitle}
      lead={org ? detail : words.unknown}
      footer={signInText.organisations.signedInAs(email)}
    >
      <Link to="/organisations" className={`self-start text-13 ${linkClass}`}>
        {words.others}
      </Link>
    </Card>
  );
}
