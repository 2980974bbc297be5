/** The README's ten minutes as a clerk, with openapi-fetch and types that were made of the documents. */

import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { paths as Assignment } from "./assignment.js";
import type { components, paths as Intake } from "./intake.js";
import type { paths as Mediation } from "./mediation.js";

type Schemas = components["schemas"];

const [intakeUrl, assignmentUrl, mediationUrl] = process.argv.slice(2);
const tokens: Record<string, string> = JSON.parse(process.env["HUIYIN_TOKENS"] ?? "{}");

/** Return a client of somebody who has logged in. */
function of<Paths extends {}>(actor: string, baseUrl: string | undefined) {
  return createClient<Paths>({ baseUrl, headers: { Authorization: `Bearer ${tokens[actor]}` } });
}

const clerk = of<Intake>("QL66295", intakeUrl);
const officer = of<Intake>("QL19597", intakeUrl);
const assigner = of<Assignment>("QL19597", assignmentUrl);
const receiver = of<Mediation>("QL27527", mediationUrl);
const head = of<Mediation>("QL49308", mediationUrl);
const petitioner = createClient<Intake>({ baseUrl: intakeUrl });

const BUREAU = "980726000116";
const HUMAN_RESOURCES = "980726000308";

/** Say as what somebody acts, for which unit and in which role; each command has a key of its own. */
function as(unit: string, role: string): Intake["/petitions"]["post"]["parameters"]["header"] {
  return { "Huiyin-Post": `${unit}/${role}`, "Idempotency-Key": randomUUID() };
}

/** Return what was answered; a problem is an error here. */
function answered<T>({ data, error }: { data?: T; error?: { code: string } }): T {
  if (data === undefined) throw new Error(error?.code);
  return data;
}

const petition: Schemas["RegisterPetition"] = {
  channel: "visit",
  category: "unpaid_wages",
  place: "980726101201",
  petitioner: { name: "周安平", phone: "139 0000 0000" },
  content: { claim: "要求支付拖欠的工资", facts: "三月至五月的工资一直没有发" },
};
const registration = { params: { header: as(BUREAU, "intake_clerk") }, body: petition };
const first = await clerk.POST("/petitions", registration);
const registered = answered(first);
const again = answered(await clerk.POST("/petitions", registration));
const etag = first.response.headers.get("ETag") ?? undefined;
const path = { case_id: registered.case_id };

const classified = answered(
  await officer.POST("/cases/{case_id}/classification", {
    params: { path, header: { ...as(BUREAU, "bureau_officer"), "If-Match": etag } },
    body: { kind: "appeal_for_resolution", route: "petition_procedure", category: "unpaid_wages" },
  }),
);
const assigned = answered(
  await assigner.POST("/cases/{case_id}/assignment", {
    params: { path, header: as(BUREAU, "bureau_officer") },
    body: { mode: "forward", unit: HUMAN_RESOURCES },
  }),
);
const accepted = answered(
  await receiver.POST("/cases/{case_id}/acceptance-notice", {
    params: { path, header: as(HUMAN_RESOURCES, "unit_receiver") },
    body: { method: "post", receipt: "EMS-1180", case_officer: "QL24568" },
  }),
);
const { error: refused } = await head.POST("/cases/{case_id}/opinion", {
  params: { path, header: as(HUMAN_RESOURCES, "unit_head") },
  body: {
    result: "support",
    legal_basis: ["保障农民工工资支付条例 第三条"],
    document: "00000000-0000-4000-8000-000000000000",
    drafted_by: "QL24568",
    review_body: "980726000103",
  },
});
const session = answered(
  await petitioner.POST("/petition-sessions", { body: { query_code: registered.query_code } }),
);
const progress = answered(
  await petitioner.POST("/progress", { headers: { Authorization: `Bearer ${session.token}` } }),
);

console.log(
  JSON.stringify({
    registerPetition: registered,
    again,
    etag,
    location: first.response.headers.get("Location"),
    classifyCase: classified,
    assignCase: assigned,
    notifyAcceptance: accepted,
    issueOpinion: refused,
    progress,
  }),
);
