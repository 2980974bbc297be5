/** The README's ten minutes as a clerk, with openapi-fetch and types that were made of the documents. */

import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { paths as Assignment } from "./assignment.js";
import type { components, paths as Intake } from "./intake.js";
import type { paths as Mediation } from "./mediation.js";

type Schemas = components["schemas"];

const [intakeUrl, assignmentUrl, mediationUrl] = process.argv.slice(2);
const intake = createClient<Intake>({ baseUrl: intakeUrl });
const assignment = createClient<Assignment>({ baseUrl: assignmentUrl });
const mediation = createClient<Mediation>({ baseUrl: mediationUrl });

const BUREAU = "980726000116";
const HUMAN_RESOURCES = "980726000308";

/** Say who acts, for which unit, in which role; each command has a key of its own. */
function as(actor: string, unit: string, role: Schemas["Role"]) {
  return { "Huiyin-Actor": actor, "Huiyin-Unit": unit, "Huiyin-Role": role, "Idempotency-Key": randomUUID() };
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
const registration = { params: { header: as("QL66295", BUREAU, "intake_clerk") }, body: petition };
const first = await intake.POST("/petitions", registration);
const registered = answered(first);
const again = answered(await intake.POST("/petitions", registration));
const etag = first.response.headers.get("ETag") ?? undefined;
const path = { case_id: registered.case_id };

const classified = answered(
  await intake.POST("/cases/{case_id}/classification", {
    params: { path, header: { ...as("QL19597", BUREAU, "bureau_officer"), "If-Match": etag } },
    body: { kind: "appeal_for_resolution", route: "petition_procedure", category: "unpaid_wages" },
  }),
);
const assigned = answered(
  await assignment.POST("/cases/{case_id}/assignment", {
    params: { path, header: as("QL19597", BUREAU, "bureau_officer") },
    body: { mode: "forward", unit: HUMAN_RESOURCES },
  }),
);
const accepted = answered(
  await mediation.POST("/cases/{case_id}/acceptance-notice", {
    params: { path, header: as("QL27527", HUMAN_RESOURCES, "unit_receiver") },
    body: { method: "post", receipt: "EMS-1180", case_officer: "QL24568" },
  }),
);
const { error: refused } = await mediation.POST("/cases/{case_id}/opinion", {
  params: { path, header: as("QL49308", HUMAN_RESOURCES, "unit_head") },
  body: {
    result: "support",
    legal_basis: ["保障农民工工资支付条例 第三条"],
    document: "00000000-0000-4000-8000-000000000000",
    drafted_by: "QL24568",
    review_body: "980726000103",
  },
});
const progress = answered(
  await intake.POST("/progress", { body: { query_code: registered.query_code } }),
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
